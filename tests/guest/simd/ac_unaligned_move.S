// mode: prot32 long64
// pitfall: 2
// manual: SDM vol. 3 6.15 #AC, vol. 2 2.4.4: MOVUPS off its 16 bytes at CPL 3 with AM and AC
// expect-fault: ac 0 at=fault
  set_bits cr0, 0x40000
  user_data
  to_user user, 0x40002
  .section .user
user:
  movups xmm0, [USER_STACK - 64]
  nop
fault:
  movups xmm0, [USER_STACK - 56]
