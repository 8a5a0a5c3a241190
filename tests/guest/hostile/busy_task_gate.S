// mode: prot32
// pitfall: 9 11 30
// manual: SDM vol. 3 7.3: a task switch to a busy TSS gives #GP of its selector; 6.13: EXT in an event's delivery
// expect-fault: gp tss+1 at=fault
  .equ tss, TSS_SELECTOR
  gate IDT+6*8, TSS_SELECTOR, 0, 0x85
fault:
  ud2
