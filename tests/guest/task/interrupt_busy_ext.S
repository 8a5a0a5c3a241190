// mode: prot32
// manual: SDM vol. 2 INT n, vol. 3 6.13: EXT is set when the task gate was entered by an exception
// pitfall: 11 9
// expect-fault: gp 0x41 at=fault
  task_gate IDT+6*8, TSS_SELECTOR
fault:
  ud2
