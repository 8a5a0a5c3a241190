// mode: prot32 long64
// manual: SDM vol. 3 4.7: W/R = 1
// expect-fault: pf 2 at=fault cr2=free_area+4
  paging_on
  page_clear FREE, 1
fault:
  mov [FREE + 4], eax
