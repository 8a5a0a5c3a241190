// mode: prot32 long64
// manual: SDM vol. 2 LAR, LSL: a selector beyond the table clears ZF only
// pitfall: 10
// init: eax=0x1234 flags=zf
// expect: eax=0x1234 flags=!zf
  mov ecx, 0x1000
  lar eax, ecx
  jz 1f
  cmp ecx, ecx
  lsl eax, ecx
1:
  hlt
