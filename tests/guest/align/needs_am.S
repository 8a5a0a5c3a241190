// mode: prot32 long64
// manual: SDM vol. 3 6.15 #AC, 2.5 CR0.AM: no check with AM = 0
// pitfall: 2
// expect: eax=0x5a
  user_page DATA
  mov byte ptr [DATA + 1], 0x5a
  to_user user, 0x40002
  .section .user
user:
  user_data
  mov eax, [DATA + 1]
  done
