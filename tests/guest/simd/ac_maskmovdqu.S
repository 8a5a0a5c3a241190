// mode: prot32 long64
// pitfall: 2 22
// manual: SDM vol. 2 MASKMOVDQU, 2.4.4: #AC for an operand off its 16 bytes
// expect-fault: ac 0 at=fault
  set_bits cr0, 0x40000
  pcmpeqd xmm0, xmm0
  user_data
  to_user user, 0x40002
  .section .user
user:
  mov edi, USER_STACK - 64
  maskmovdqu xmm0, xmm0
  mov edi, USER_STACK - 56
fault:
  maskmovdqu xmm0, xmm0
