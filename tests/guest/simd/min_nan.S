// mode: prot32 long64
// manual: SDM vol. 2 MINSS: if either operand is a NaN the second is returned, an SNaN unchanged; IE is set
// pitfall: 7
// expect: xmm0.lo=0x3f800000 xmm1.lo=0x7fc00000 mxcsr=1/0x3f
  mov dword ptr [DATA], 0x7fc00000
  mov dword ptr [DATA + 4], 0x3f800000
  movss xmm0, [DATA]
  movss xmm1, [DATA + 4]
  minss xmm0, [DATA + 4]
  minss xmm1, [DATA]
  hlt
