// mode: prot32
// manual: SDM vol. 3 6.15 #AC: virtual-8086 mode is CPL 3
// pitfall: 2
// expect-fault: ac 0 cs=0x2000 rip=0
  set_bits cr0, 0x40000
  to_v86 0x60002
  .section .user
  .code16
  mov ax, [1]
