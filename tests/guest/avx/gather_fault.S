// mode: prot32 long64
// needs: avx2
// pitfall: 22
// manual: SDM vol. 2 VPGATHERDD: on a fault the elements so far are in the destination and their mask elements are zero
// expect-fault: pf 0 at=fault cr2=free_area+0x1000 xmm0.lo=0x2222222211111111 xmm0.hi=0xffffffffffffffff xmm2.lo=0 xmm2.hi=0xffffffffffffffff
  avx_on
  paging_on
  page_clear FREE + 0x1000, 1
  put64 FREE + 0xff8, 0x11111111, 0x22222222
  put64 DATA, 0, 1
  put64 DATA + 8, 2, 3
  vmovups xmm1, [DATA]
  vpcmpeqd xmm0, xmm0, xmm0
  vpcmpeqd xmm2, xmm2, xmm2
  mov b_, FREE + 0xff8
fault:
  vpgatherdd xmm0, [b_ + xmm1 * 4], xmm2
