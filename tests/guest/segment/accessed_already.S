// mode: prot32 long64
// manual: SDM vol. 3 3.4.5.1: with A set nothing is written, so the GDT may be read-only
// expect: es=0x60
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x93, 0xc
  paging_on
  set_bits cr0, 0x10000
  page_clear GDT, 2
  mov ecx, FREE_SELECTOR
  mov es, ecx
  hlt
