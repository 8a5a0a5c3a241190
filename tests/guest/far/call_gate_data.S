// mode: prot32
// manual: SDM vol. 2 CALL: #GP(code selector) if the gate leads to no code segment
// pitfall: 9
// expect-fault: gp 0x18 at=fault
  gate GDT+FREE_SELECTOR, DATA0, start, 0xec
fault:
  call_far FREE_SELECTOR
