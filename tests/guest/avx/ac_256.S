// mode: prot32 long64
// needs: avx amd
// pitfall: 2
// manual: APM vol. 2 8.2.18 #AC: 32-byte operands are checked for 16, as the processor does
// expect-fault: ac 0 at=fault
  avx_on
  set_bits cr0, 0x40000
  user_data
  to_user user, 0x40002
  .section .user
user:
  vmovups ymm0, [USER_STACK - 48]
  nop
fault:
  vmovups ymm0, [USER_STACK - 56]
