// mode: prot32
// manual: SDM vol. 2 SYSEXIT: #GP(0) if CPL is not 0
// pitfall: 28
// expect-fault: gp 0 at=fault
  wrmsr_ 0x174, 0x10
  to_user fault
  .section .user
fault:
  sysexit
