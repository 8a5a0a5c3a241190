// mode: long64
// needs: fxsr_opt
// pitfall: 22
// manual: APM vol. 2 3.1.7 EFER.FFXSR: at CPL 3 it has no effect
// expect-fault: 0xff none mem64[user_stack_top-512+160]=0xffffffffffffffff
  wrmsr_ 0xc0000080, 0x4d01
  pcmpeqd xmm0, xmm0
  to_user user
  .section .user
user:
  fxsave [USER_STACK - 512]
  done
