// mode: prot32 long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 3 17.3.1.1: RF is 1 in the image of an interrupt that comes after any iteration but the last
// pitfall: 26 20
// init: ecx=0x40000 esi=0
// expect-fault: 0x55 at=string
// expect: flags=if
// expect[Haswell]: flags=rf
// expect[EPYC-Milan]: flags=!rf
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  out dx, al
  sti
string:
  rep lodsb
  hlt
