// mode: prot32
// manual: SDM vol. 2 CALL: #GP(0) if the gate's code selector is NULL
// pitfall: 9
// expect-fault: gp 0 at=fault
  gate GDT+FREE_SELECTOR, 3, start, 0xec
fault:
  call_far FREE_SELECTOR
