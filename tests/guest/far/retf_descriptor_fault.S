// mode: prot32
// manual: SDM vol. 3 4.6, 4.7: the descriptor is read with supervisor rights: U/S = 0
// pitfall: 9
// expect-fault: pf 0 at=fault cr2=free_area+0x1028
  descriptor FREE_SELECTOR, FREE, 0x2fff, 0x82, 0
  mov ax, FREE_SELECTOR
  lldt ax
  paging_on
  page_clear FREE+0x1000, 1
  to_user user
  .section .user
user:
  push 0x102f
  push offset user
fault:
  retf
