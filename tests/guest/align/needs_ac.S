// mode: prot32 long64
// manual: SDM vol. 3 6.15 #AC: no check with EFLAGS.AC = 0
// pitfall: 2
// expect: eax=0x5a
  user_page DATA
  mov byte ptr [DATA + 1], 0x5a
  set_bits cr0, 0x40000
  to_user user
  .section .user
user:
  user_data
  mov eax, [DATA + 1]
  done
