// mode: prot32
// manual: SDM vol. 2 RET: #GP(selector) if RPL of the return CS is below CPL
// expect-fault: gp 8 at=fault
  to_user user
  .section .user
user:
  push CODE0_32
  push offset user
fault:
  retf
