// mode: prot32
// manual: SDM vol. 3 7.3: #PF of the old task if the new TSS is not mapped; nothing has changed
// pitfall: 11 9
// expect-fault: pf 0 at=fault cr2=free_area/0xfffff000 tr=0x40 mem8[gdt_base+0x45]=0x8b mem8[gdt_base+0x65]=0x89
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  paging_on
  page_clear FREE, 1
fault:
  jmp_far FREE_SELECTOR
