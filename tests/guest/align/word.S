// mode: prot32 long64
// manual: SDM vol. 3 table 6-7: a word is aligned on 2 bytes
// pitfall: 2
// expect-fault: ac 0 at=fault mem16[data_page+1]=0
  user_page DATA
  set_bits cr0, 0x40000
  to_user user, 0x40002
  .section .user
user:
  user_data
fault:
  mov [DATA + 1], sp
