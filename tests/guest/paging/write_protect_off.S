// mode: prot32
// manual: SDM vol. 3 4.6: without CR0.WP a supervisor may write
// expect: mem32[free_area]=0x5a
  paging_on
  page_clear FREE, 2
  mov dword ptr [FREE], 0x5a
  hlt
