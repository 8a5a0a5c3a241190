// mode: prot32
// manual: SDM vol. 3 table 7-1: #NP(selector) for a TSS that is not present
// pitfall: 11 9
// expect-fault: np 0x60 at=fault
  descriptor FREE_SELECTOR, FREE, 0x67, 0x09, 0
  nop
fault:
  jmp_far FREE_SELECTOR
