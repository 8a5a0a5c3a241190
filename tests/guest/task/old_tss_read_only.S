// mode: prot32
// manual: SDM vol. 3 7.3: TSSs are written before the switch is committed: #PF with the old state
// pitfall: 11 9
// expect-fault: pf 3 at=fault cr2=tss_base/0xfffff000 tr=0x40
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_at FREE, start
  paging_on
  set_bits cr0, 0x10000
  page_clear TSS, 2
fault:
  jmp_far FREE_SELECTOR
