// mode: prot32 long64
// needs: avx
// pitfall: 22
// manual: SDM vol. 2 VMASKMOV: a selected element faults; a store has then written nothing
// expect-fault: pf 2 at=fault cr2=free_area+0x1000 mem64[free_area+0xff8]=0
  avx_on
  paging_on
  page_clear FREE + 0x1000, 1
  vcmptrueps ymm0, ymm0, ymm0
fault:
  vmaskmovps [FREE + 0xff8], ymm0, ymm0
