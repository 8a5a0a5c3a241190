// mode: prot32 long64
// manual: SDM vol. 3 4.7: P = 0
// expect-fault: pf 0 at=fault cr2=free_area+4
  paging_on
  page_clear FREE, 1
fault:
  mov eax, [FREE + 4]
