// mode: prot32 long64
// needs: vpclmulqdq
// pitfall: 22
// manual: SDM vol. 2 PCLMULQDQ: carry-less: 3 * 3 = 5, in each lane
// expect: xmm0.lo=5 xmm0.hi=0 ymm0.lo=5 ymm0.hi=0
  avx_on
  put64 DATA, 3, 0
  put64 DATA + 8, 0, 0
  vbroadcastf128 ymm1, [DATA]
  vpclmulqdq ymm0, ymm1, ymm1, 0
  hlt
