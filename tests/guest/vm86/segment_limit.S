// mode: prot32
// manual: SDM vol. 3 20.2.1: segments have 64 KB: beyond is #GP(0)
// pitfall: 1
// expect-fault: gp 0 cs=0x2000 rip=3
  to_v86
  .section .user
  .code16
  mov bx, 0xffff
  mov ax, [bx]
