// mode: prot32
// manual: SDM vol. 3 6.12.2, 7.3: an interrupt through a task gate; IF and IOPL come from the new TSS
// pitfall: 11
// init: flags=if
// expect: tr=0x60 flags=nt,!if mem16[free_area]=0x40 mem32[tss_base+0x20]=after mem32[tss_base+0x24]=0x202 esp=0x12000
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  task_gate IDT+0x90*8, FREE_SELECTOR
  task_at FREE, task
  int 0x90
after:
  nop
task:
  hlt
