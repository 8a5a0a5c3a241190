// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 10.4.1.1: scalar operations leave the upper elements; MOVSS from memory clears them
// expect: xmm0.lo=0x1111111140000000 xmm0.hi=0x3333333322222222 xmm1.lo=0x3f800000 xmm1.hi=0
  put64 DATA, 0x3f800000, 0x11111111
  put64 DATA + 8, 0x22222222, 0x33333333
  movaps xmm0, [DATA]
  addss xmm0, [DATA]
  pcmpeqd xmm1, xmm1
  movss xmm1, [DATA]
  hlt
