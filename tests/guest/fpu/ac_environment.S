// mode: prot32 long64
// pitfall: 2 5
// manual: SDM vol. 3 table 6-7: the FSTENV area is aligned to 4 bytes with 32-bit operands
// expect-fault: ac 0 at=fault
  set_bits cr0, 0x40000
  user_data
  to_user user, 0x40002
  .section .user
user:
  fnstenv [USER_STACK - 64]
  nop
fault:
  fnstenv [USER_STACK - 62]
