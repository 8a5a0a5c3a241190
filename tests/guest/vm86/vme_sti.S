// mode: prot32
// needs: vme
// manual: SDM vol. 3 20.3.3, 20.4: with CR4.VME and IOPL < 3 CLI and STI work on VIF
// expect-fault: bp cs=0x2000 flags=vif,if,!iopl
  set_bits cr4, 1
  to_v86 0x20202
  .section .user
  .code16
  sti
  int3
