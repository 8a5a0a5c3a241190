// mode: prot32 long64
// manual: SDM vol. 2 CLI: #GP(0) if CPL > IOPL
// expect-fault: gp 0 at=fault
  to_user fault
  .section .user
fault:
  cli
