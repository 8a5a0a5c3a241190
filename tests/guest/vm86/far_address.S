// mode: prot32
// manual: SDM vol. 3 20.2.1: a 32-bit offset beyond FFFFH is #GP(0)
// pitfall: 1
// expect-fault: gp 0 cs=0x2000 rip=6
  to_v86
  .section .user
  .code16
  mov ebx, 0x10000
  mov al, [ebx]
