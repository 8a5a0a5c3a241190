// mode: prot32 long64
// manual: SDM vol. 2 LTR: the busy bit is written: #PF on a read-only GDT with CR0.WP
// pitfall: 9
// expect-fault: pf 3 at=fault cr2=gdt_base+0x65 tr=0x40
  descriptor FREE_SELECTOR, TSS, 0x67, 0x89, 0
  paging_on
  set_bits cr0, 0x10000
  page_clear GDT, 2
  mov ecx, FREE_SELECTOR
fault:
  ltr cx
