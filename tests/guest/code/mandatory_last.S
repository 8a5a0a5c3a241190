// mode: prot32 long64
// manual: SDM vol. 2 2.1.1: with F2H and F3H the last selects: F2 F3 0F 58 is ADDSS; 66H does not count beside them
// pitfall: 24
// expect: xmm0.lo=0x3f80000040000000
  mov dword ptr [DATA], 0x3f800000
  mov dword ptr [DATA + 4], 0x3f800000
  movq xmm0, [DATA]
  .byte 0xf2, 0x66, 0xf3, 0x0f, 0x58, 0xc0
  hlt
