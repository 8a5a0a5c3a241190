// mode: prot32 long64
// needs: avx2
// pitfall: 22
// manual: SDM vol. 2 VPGATHERDD: selected elements are loaded, the others kept, the mask ends as zero
// expect: xmm0.lo=0xbbbbbbbb11111111 xmm0.hi=0x33333333bbbbbbbb xmm2.lo=0 xmm2.hi=0 ymm0.lo=0
  avx_on
  put64 FREE, 0xaaaaaaaa, 0x11111111
  put64 FREE + 8, 0x22222222, 0x33333333
  put64 DATA, 1, 2
  put64 DATA + 8, -1, 3
  put64 DATA + 16, 0x80000000, 0
  put64 DATA + 24, 0x7fffffff, 0xffffffff
  put64 DATA + 32, 0xbbbbbbbb, 0xbbbbbbbb
  put64 DATA + 40, 0xbbbbbbbb, 0xbbbbbbbb
  vmovups xmm1, [DATA]
  vmovups xmm2, [DATA + 16]
  vmovups xmm0, [DATA + 32]
  mov b_, FREE
  vpgatherdd xmm0, [b_ + xmm1 * 4], xmm2
  hlt
