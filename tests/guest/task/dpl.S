// mode: prot32
// manual: SDM vol. 3 7.3: JMP and CALL need CPL and RPL at or below the TSS's DPL: #GP(selector)
// pitfall: 11
// expect-fault: gp 0x60 at=fault
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  to_user fault
  .section .user
fault:
  jmp_far FREE_SELECTOR|3
