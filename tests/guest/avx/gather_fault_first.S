// mode: long64
// needs: avx2
// pitfall: 16 22
// manual: SDM vol. 2 VPGATHERDD: with TF, a fault at the first element is a fault: nothing was done that a trap could follow
// expect-fault: pf 0 at=fault cr2=free_area+0x1000 esi=0 xmm2.lo=0xffffffffffffffff
  avx_on
  paging_on
  page_clear FREE + 0x1000, 1
  handler 1, trap
  xor esi, esi
  vpxor xmm1, xmm1, xmm1
  vpcmpeqd xmm2, xmm2, xmm2
  mov b_, FREE + 0x1000
  pushfq
  or qword ptr [rsp], 0x100
  popfq
fault:
  vpgatherdd xmm0, [b_ + xmm1 * 4], xmm2
  hlt
trap:
  inc esi
  hlt
