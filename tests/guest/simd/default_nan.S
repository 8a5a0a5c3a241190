// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 table 4-3: the QNaN floating-point indefinite is negative
// expect: xmm0.lo=0xffc00000 mxcsr=0x1f81
  mxcsr_ 0x1f80
  xorps xmm0, xmm0
  divss xmm0, xmm0
  hlt
