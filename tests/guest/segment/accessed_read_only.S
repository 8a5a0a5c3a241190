// mode: prot32 long64
// manual: SDM vol. 3 3.4.5.1, 4.6: setting A is a supervisor write; #PF on a read-only GDT with CR0.WP
// pitfall: 1 9
// expect-fault: pf 3 at=fault cr2=gdt_base+0x65 es=0x18 mem8[gdt_base+0x65]=0x92
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x92, 0xc
  paging_on
  set_bits cr0, 0x10000
  page_clear GDT, 2
  mov ecx, FREE_SELECTOR
fault:
  mov es, ecx
