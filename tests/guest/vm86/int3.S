// mode: prot32
// manual: SDM vol. 3 20.2.7, vol. 2 INT3: the one-byte form is not IOPL-sensitive
// expect-fault: bp cs=0x2000 rip=1 flags=vm,!iopl
  to_v86
  .section .user
  .code16
  int3
