// mode: prot32 long64
// manual: SDM vol. 2 CMPXCHG: the destination is written in any case: a failing compare on a read-only page is a write fault
// pitfall: 27
// init: eax=1
// expect-fault: pf 3 at=fault cr2=free_area mem32[free_area]=5
  mov dword ptr [FREE], 5
  paging_on
  set_bits cr0, 0x10000
  page_clear FREE, 2
  mov eax, 1
fault:
  lock cmpxchg [FREE], ecx
