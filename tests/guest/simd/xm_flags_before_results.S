// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 11.5.3, E.4.2: an unmasked exception found before the computation stops it: PE of the other element does not come
// expect-fault: xm at=fault mxcsr=0x1f01/0xffff xmm0.lo=0x3f80000000000000
  mxcsr_ 0x1f00
  put64 DATA, 0, 0x3f800000
  put64 DATA + 16, 0, 0x40400000
  movlps xmm0, [DATA]
  movlps xmm1, [DATA + 16]
fault:
  divps xmm0, xmm1
