// mode: prot32 long64
// manual: SDM vol. 2 STI, vol. 3 6.8.3: STI's shadow ends behind MOV SS, whose own holds the interrupt back for one more
// pitfall: 15
// expect-fault: 0x55 at=after
// expect: ecx=1
  mov ebx, DATA0
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  out dx, al
  sti
  mov ss, ebx
  inc ecx
after:
  inc ecx
  hlt
