// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 SYSCALL, APM vol. 3 SYSCALL: CS = STAR[47:32] AND FFFCH, SS = STAR[47:32] + 8, not masked
// pitfall: 28
// expect: cs=0x10 ss=0x1b ss.limit=0xffffffff
  wrmsr_ 0xc0000081, 0, 0x00230013
  wrmsr_ 0xc0000082, "offset entry"
  to_user user
entry:
  hlt
  .section .user
user:
  syscall
