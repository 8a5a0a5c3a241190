// mode: prot32 long64
// needs: umip
// manual: SDM vol. 2 SGDT, SIDT, SLDT, STR, SMSW: #GP(0) with CR4.UMIP and CPL > 0
// expect: ebx=5
  user_page DATA
  handler 13, counted
  set_bits cr4, 0x800
  to_user user
counted:
  next_slot 1
  .section .user
user:
  user_data
  slot sgdt [DATA]
  slot sidt [DATA]
  slot sldt eax
  slot str [DATA]
  slot smsw eax
  end_slots
  done
