// mode: prot32
// needs: vme
// manual: SDM vol. 2 PUSHF: with CR4.VME and IOPL < 3 the 32-bit form is #GP(0)
// expect-fault: gp 0 cs=0x2000 rip=0
  set_bits cr4, 1
  to_v86
  .section .user
  .code16
  .byte 0x66, 0x9c
