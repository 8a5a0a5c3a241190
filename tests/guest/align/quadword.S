// mode: long64
// manual: SDM vol. 3 table 6-7: a quadword is aligned on 8 bytes
// pitfall: 2
// expect-fault: ac 0 at=fault
  user_page DATA
  set_bits cr0, 0x40000
  to_user user, 0x40002
  .section .user
user:
  mov rax, [DATA + 8]
fault:
  mov rax, [DATA + 4]
