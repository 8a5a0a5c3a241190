// mode: prot32
// needs: vme
// manual: SDM vol. 2 POPF: with CR4.VME, IOPL < 3 and VIP set an image with IF is #GP(0)
// expect-fault: gp 0 cs=0x2000 rip=3 esp=0x1fe flags=!vif,!cf
  set_bits cr4, 1
  to_v86 0x120002
  .section .user
  .code16
  push 0x203
  popf
