// mode: prot32
// needs: vme
// manual: SDM vol. 2 POPF: with CR4.VME and IOPL < 3 IF of the image goes to VIF; IF and IOPL stay
// expect-fault: bp flags=vif,!if,!iopl,cf,nt
  set_bits cr4, 1
  to_v86
  .section .user
  .code16
  push 0x7203
  popf
  int3
