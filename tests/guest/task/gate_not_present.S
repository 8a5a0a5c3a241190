// mode: prot32
// manual: SDM vol. 2 CALL: #NP(gate selector) for a task gate that is not present
// pitfall: 11 9
// expect-fault: np 0x60 at=fault
  task_gate GDT+FREE_SELECTOR, TSS_SELECTOR, 0x65
fault:
  call_far FREE_SELECTOR
