// mode: prot32 long64
// pitfall: 2
// manual: SDM vol. 2 2.4.1: an operand that must be aligned is #GP(0), not #AC
// expect-fault: gp 0 at=fault
  set_bits cr0, 0x40000
  user_data
  to_user user, 0x40002
  .section .user
user:
  movaps xmm0, [USER_STACK - 64]
  nop
fault:
  movaps xmm0, [USER_STACK - 60]
