// mode: prot32
// manual: SDM vol. 3 20.2.7: PUSHF in virtual-8086 mode with IOPL < 3 is #GP(0)
// expect-fault: gp 0 cs=0x2000 rip=0 esp=0x200
  to_v86
  .section .user
  .code16
  pushf
