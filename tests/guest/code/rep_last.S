// mode: prot32 long64
// manual: SDM vol. 2 2.1.1 group 1; of F2H and F3H the last one given counts
// pitfall: 24
// init: eax=0x22
// expect: ecx=1
  mov edi, DATA
  mov ecx, 3
  mov byte ptr [DATA + 1], 0x22
  .byte 0xf3, 0xf2, 0xae
  hlt
