// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 4.9.1.4: an unmasked overflow; PE only if the result is inexact with an unbounded exponent
// expect-fault: xm at=fault mxcsr=0x1b88 xmm0.lo=0x7f000000
  mxcsr_ 0x1b80
  mov dword ptr [DATA], 0x7f000000
  movss xmm0, [DATA]
fault:
  addss xmm0, xmm0
