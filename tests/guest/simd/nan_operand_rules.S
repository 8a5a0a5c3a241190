// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 table 4-7: the first operand's NaN, made quiet; SNaN sets IE
// expect: xmm0.lo=0x7fc000017fc00002 mxcsr=0x1f81
  mxcsr_ 0x1f80
  put64 DATA, 0x7fc00002, 0x7f800001
  put64 DATA + 8, 0x7f800003, 0x7fc00004
  movlps xmm0, [DATA]
  movlps xmm1, [DATA + 8]
  addps xmm0, xmm1
  hlt
