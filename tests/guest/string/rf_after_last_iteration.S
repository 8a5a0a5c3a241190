// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.1: RF in the image of a trap after the last iteration is what it was: 0
// pitfall: 26 16
// init: ecx=1 edi=data_page
// expect-fault: db at=after
// expect: ecx=0 flags=!rf,tf
  pushf
  or word ptr [sp_], 0x100
  popf
  rep stosb
after:
  nop
