// mode: prot32 long64
// needs: f16c
// pitfall: 7
// manual: SDM vol. 2 VCVTPH2PS: DAZ is ignored and a denormal half sets no DE; VCVTPS2PH: imm8[2] = 0 gives the rounding
// expect: xmm0.lo=0x0000000033800000 mem16[data_page+32]=0x3c01 mxcsr=0x1fe0
  avx_on
  mxcsr_ 0x1fc0
  put64 DATA, 1, 0
  vmovq xmm1, qword ptr [DATA]
  vcvtph2ps xmm0, xmm1
  put64 DATA + 16, 0x3f800001, 0
  vmovq xmm1, qword ptr [DATA + 16]
  vcvtps2ph qword ptr [DATA + 32], xmm1, 2
  hlt
