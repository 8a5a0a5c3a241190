// mode: prot32 long64
// needs: fma
// pitfall: 7
// manual: SDM vol. 2 VFMSUB231SS: the product is not rounded: (1 + 2 to the -23) squared - 1 - 2 to the -22 = 2 to the -46
// expect: xmm0.lo=0x28800000 mxcsr=0x1f80
  avx_on
  mxcsr_ 0x1f80
  put64 DATA, 0x3f800001, 0x3f800002
  vmovss xmm1, [DATA]
  vmovss xmm0, [DATA + 4]
  vfmsub231ss xmm0, xmm1, xmm1
  hlt
