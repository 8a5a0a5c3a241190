// mode: prot32 long64
// needs: avx2
// pitfall: 22
// manual: SDM vol. 2 VPMASKMOV: a faulting load leaves the destination
// expect-fault: pf 0 at=fault cr2=free_area+0x1000 xmm2.lo=0xffffffffffffffff
  avx_on
  paging_on
  page_clear FREE + 0x1000, 1
  vcmptrueps ymm0, ymm0, ymm0
  vmovaps ymm2, ymm0
fault:
  vpmaskmovq ymm2, ymm0, [FREE + 0xff8]
