// mode: prot32 long64
// manual: SDM vol. 2 SGDT, STR: without CR4.UMIP any level may
// expect: eax=0x40 mem16[data_page]=0xfff
  user_page DATA
  to_user user
  .section .user
user:
  user_data
  sgdt [DATA]
  str eax
  done
