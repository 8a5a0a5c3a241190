// mode: prot32 long64
// needs: misalignsse
// pitfall: 2
// manual: APM vol. 1 4.3.2: with MXCSR.MM an unaligned operand is subject to alignment checking
// expect-fault: ac 0 at=fault
  mxcsr_ 0x21f80
  set_bits cr0, 0x40000
  user_data
  to_user user, 0x40002
  .section .user
user:
  addps xmm0, [USER_STACK - 64]
  nop
fault:
  addps xmm0, [USER_STACK - 60]
