// mode: prot32
// manual: SDM vol. 3 5.8.1.2: JMP through a gate cannot go to more privileged code: #GP(code selector)
// expect-fault: gp 8 at=fault
  gate GDT+FREE_SELECTOR, CODE0_32, start, 0xec
  to_user fault
  .section .user
fault:
  jmp_far FREE_SELECTOR|3
