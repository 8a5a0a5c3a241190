// mode: prot32 long64
// pitfall: 2 5
// manual: SDM vol. 3 table 6-7: 80-bit values are aligned to 8 bytes
// expect-fault: ac 0 at=fault st0.hi=0x3fff
  fninit
  fld1
  set_bits cr0, 0x40000
  user_data
  to_user user, 0x40002
  .section .user
user:
  fstp tbyte ptr [USER_STACK - 56]
  fld1
  nop
fault:
  fstp tbyte ptr [USER_STACK - 52]
