// mode: prot32
// manual: SDM vol. 2 IRET: #GP(selector) if RPL of the return CS is below CPL
// expect-fault: gp 8 at=fault
  to_user user
  .section .user
user:
  push 2
  push CODE0_32
  push offset user
fault:
  iret
