// mode: prot32 long64
// manual: SDM vol. 3 4.6: with CR0.WP a supervisor write to a read-only page faults
// expect-fault: pf 3 at=fault cr2=free_area
  paging_on
  set_bits cr0, 0x10000
  page_clear FREE, 2
fault:
  mov [FREE], eax
