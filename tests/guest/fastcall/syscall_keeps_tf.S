// mode: long64
// manual: SDM vol. 2 SYSCALL, vol. 3 17.3.1.4: with TF not in IA32_FMASK the trap is taken at the entry point, at level 0
// pitfall: 28 16
// expect-fault: db at=entry cs=0x10
  wrmsr_ 0xc0000081, 0, 0x00230010
  wrmsr_ 0xc0000082, "offset entry"
  wrmsr_ 0xc0000084, 0
  to_user user, 0x102
entry:
  nop
  hlt
  .section .user
user:
  syscall
