// mode: prot32
// pitfall: 20
// manual: SDM vol. 3 6.15 #DF, table 6-5: a page fault while delivering a double fault: shutdown
// expect-exit: shutdown
  paging_on
  page_clear FREE, 1
  mov esp, FREE + 0x800
  mov eax, [FREE]
