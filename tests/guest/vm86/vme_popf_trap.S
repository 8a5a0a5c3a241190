// mode: prot32
// needs: vme
// manual: SDM vol. 2 POPF: with CR4.VME and IOPL < 3 an image with TF is #GP(0)
// expect-fault: gp 0 cs=0x2000 rip=3 esp=0x1fe
  set_bits cr4, 1
  to_v86
  .section .user
  .code16
  push 0x102
  popf
