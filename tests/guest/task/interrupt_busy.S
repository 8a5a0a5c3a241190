// mode: prot32
// manual: SDM vol. 2 INT n: #GP(TSS selector) if the task gate's TSS is busy
// pitfall: 11 9
// expect-fault: gp 0x40 at=fault
  task_gate IDT+0x90*8, TSS_SELECTOR
fault:
  int 0x90
