// mode: long64
// manual: SDM vol. 2 SYSCALL: R11 has the flags before, IA32_FMASK says which are cleared
// pitfall: 28
// expect: r11=0x244a03/0x3fffff flags=!if,!df,cf,!nt,id
  wrmsr_ 0xc0000081, 0, 0x00230010
  wrmsr_ 0xc0000082, "offset entry"
  wrmsr_ 0xc0000084, 0x44700
  to_user user, 0x244a03
entry:
  hlt
  .section .user
user:
  syscall
