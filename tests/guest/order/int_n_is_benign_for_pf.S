// mode: prot32
// pitfall: 20
// manual: SDM vol. 3 table 6-5: INT n is benign: a page fault while it is delivered is an ordinary one
// expect: ebp=2 cr2=free_area+0x7fc
  descriptor FREE_SELECTOR, FREE+0x1000, 0x67, 0x89, 0
  task_at where=FREE+0x1000, label=absent, esp=0x11f00
  mov dword ptr [FREE + 0x101c], PD32
  task_gate IDT+14*8, FREE_SELECTOR
  paging_on
  page_clear FREE, 1
  mov esp, FREE + 0x800
  int 0x80
absent:
  pop ebp
  hlt
