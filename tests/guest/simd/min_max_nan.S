// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 2 MINPS, MAXPS: if either is a NaN, or both are zeros, the second operand; IE for any NaN
// expect: xmm0.lo=0x800000003f800000 xmm1.lo=0x000000007fc00001 mxcsr=0x1f81
  mxcsr_ 0x1f80
  put64 DATA, 0x7fc00001, 0x00000000
  put64 DATA + 8, 0x3f800000, 0x80000000
  movlps xmm0, [DATA]
  movlps xmm2, [DATA + 8]
  movlps xmm1, [DATA + 8]
  movlps xmm3, [DATA]
  minps xmm0, xmm2
  maxps xmm1, xmm3
  hlt
