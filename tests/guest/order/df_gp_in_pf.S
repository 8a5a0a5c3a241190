// mode: prot32 long64
// pitfall: 20
// manual: SDM vol. 3 table 6-5: #NP, which is contributory, while delivering a page fault: double fault
// expect-fault: df 0
// expect: cr2=free_area
  absent 14
  paging_on
  page_clear FREE, 1
  mov eax, [FREE]
