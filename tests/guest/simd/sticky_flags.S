// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 10.2.3.1: flags stay until software clears them
// expect: mxcsr=0x1fa5
  mxcsr_ 0x1f80
  put64 DATA, 0x3f800000, 0x40400000
  movss xmm0, [DATA]
  divss xmm0, [DATA + 4]
  xorps xmm1, xmm1
  movss xmm0, [DATA]
  divss xmm0, xmm1
  divss xmm1, xmm1
  movss xmm0, [DATA]
  addss xmm0, xmm0
  hlt
