// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 10.2.3.4: denormal operands are zeros of their sign, DE is not set
// expect: mxcsr=0x1fc0 xmm0.lo=0x80000000
  mxcsr_ 0x1fc0
  mov dword ptr [DATA], 0x80000001
  movss xmm0, [DATA]
  addss xmm0, xmm0
  hlt
