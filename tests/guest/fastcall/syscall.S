// mode: long64
// manual: SDM vol. 2 SYSCALL
// pitfall: 28
// expect: rcx=back r11=0x103/0x3 cs=0x10 ss=0x18 flags=!cf
  wrmsr_ 0xc0000081, 0, 0x00230010
  wrmsr_ 0xc0000082, "offset entry"
  wrmsr_ 0xc0000084, 1
  to_user user, 3
entry:
  hlt
  .section .user
user:
  syscall
back:
  nop
