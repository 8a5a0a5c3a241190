// mode: prot32 long64
// manual: SDM vol. 2 HLT: #GP(0) if CPL is not 0
// expect-fault: gp 0 at=fault
  to_user fault
  .section .user
fault:
  hlt
