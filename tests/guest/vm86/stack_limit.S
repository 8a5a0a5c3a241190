// mode: prot32
// manual: SDM vol. 3 20.2.1: a stack operand beyond FFFFH is #SS(0)
// pitfall: 1 4
// expect-fault: ss 0 cs=0x2000 rip=3 esp=1
  to_v86
  .section .user
  .code16
  mov sp, 1
  push ax
