// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 11.5.2: LDMXCSR of a set and unmasked flag raises nothing; the next exception of that kind does
// expect-fault: xm at=fault xmm0.lo=0x40000000 mxcsr=0x1d84
  mxcsr_ 0x1d84
  mov dword ptr [DATA], 0x3f800000
  movss xmm0, [DATA]
  addss xmm0, xmm0
  xorps xmm1, xmm1
fault:
  divss xmm0, xmm1
