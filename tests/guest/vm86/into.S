// mode: prot32
// manual: SDM vol. 2 INTO: not IOPL-sensitive
// expect-fault: of cs=0x2000 rip=1
  to_v86 0x20802
  .section .user
  .code16
  into
