// mode: prot32
// manual: SDM vol. 2 JMP: the type is checked before presence: #GP(selector), not #NP
// pitfall: 9
// expect-fault: gp 0x60 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x13, 0xc
fault:
  jmp_far FREE_SELECTOR, start
