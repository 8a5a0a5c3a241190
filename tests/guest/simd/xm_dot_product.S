// mode: prot32 long64
// needs: sse4_1
// pitfall: 7
// manual: SDM vol. 2 DPPS: exceptions of the products and of the sums; a tiny product underflows although the sum is not tiny
// expect-fault: xm at=fault mxcsr=0x1790/0xffdf xmm0.lo=0x3f80000000800000
  mxcsr_ 0x1780
  put64 DATA, 0x00800000, 0x3f800000
  put64 DATA + 8, 0, 0
  put64 DATA + 16, 0x3f000000, 0x3f800000
  put64 DATA + 24, 0, 0
  movaps xmm0, [DATA]
fault:
  dpps xmm0, [DATA + 16], 0xf1
