// mode: prot32 long64
// manual: SDM vol. 2 REP: downwards too the counts are exact at a fault
// pitfall: 26
// expect-fault: pf 2 at=fault cr2=free_area+0xffe
// expect: ecx=6 edi=free_area+0xffe mem16[free_area+0x1000]=0x6655
  paging_on
  page_clear FREE, 1
  mov ax, 0x6655
  mov edi, FREE + 0x1002
  mov ecx, 8
  std
fault:
  rep stosw
