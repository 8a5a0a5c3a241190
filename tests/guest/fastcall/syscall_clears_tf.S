// mode: long64
// manual: SDM vol. 2 SYSCALL: with TF in IA32_FMASK no single-step trap follows; vol. 3 17.3.1.4
// pitfall: 28 16
// expect: r11=0x102/0x102 flags=!tf ecx=after
  wrmsr_ 0xc0000081, 0, 0x00230010
  wrmsr_ 0xc0000082, "offset entry"
  wrmsr_ 0xc0000084, 0x100
  to_user user, 0x102
entry:
  nop
  hlt
  .section .user
user:
  syscall
after:
  nop
