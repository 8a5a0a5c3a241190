// mode: prot32
// needs: vme
// manual: SDM vol. 2 CLI: with CR4.VME and IOPL < 3 it clears VIF and leaves IF
// expect-fault: bp cs=0x2000 flags=!vif,if
  set_bits cr4, 1
  to_v86 0xa0202
  .section .user
  .code16
  cli
  int3
