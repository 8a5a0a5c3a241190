// mode: long64
// manual: SDM vol. 2 SYSRET: #GP(0) if CPL is not 0
// pitfall: 28
// expect-fault: gp 0 at=fault
  to_user fault
  .section .user
fault:
  sysretq
