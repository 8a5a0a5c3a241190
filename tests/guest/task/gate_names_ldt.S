// mode: prot32
// manual: SDM vol. 2 CALL: #GP(TSS selector) if a task gate's selector is not one of the GDT
// pitfall: 11 9
// expect-fault: gp 0x44 at=fault
  task_gate GDT+FREE_SELECTOR, TSS_SELECTOR|4
fault:
  call_far FREE_SELECTOR
