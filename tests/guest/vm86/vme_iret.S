// mode: prot32
// needs: vme
// manual: SDM vol. 2 IRET: with CR4.VME and IOPL < 3 IF of the image goes to VIF
// expect-fault: bp flags=vif,!if,!iopl,cf rip=target-user_image+1 esp=0x200
  set_bits cr4, 1
  to_v86
  .section .user
  .code16
user:
  push 0x203
  push V86_CODE
  push target - user
  iret
target:
  int3
