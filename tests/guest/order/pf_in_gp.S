// mode: prot32
// pitfall: 20
// manual: SDM vol. 3 table 6-5: a page fault while delivering a contributory exception is handled serially
// expect: ebp=2 cr2=free_area+0x7fc
  descriptor FREE_SELECTOR, FREE+0x1000, 0x67, 0x89, 0
  task_at where=FREE+0x1000, label=absent, esp=0x11f00
  mov dword ptr [FREE + 0x101c], PD32
  task_gate IDT+14*8, FREE_SELECTOR
  paging_on
  page_clear FREE, 1
  mov esp, FREE + 0x800
  xor eax, eax
  mov fs, ax
  mov eax, fs:[0]
absent:
  pop ebp
  hlt
