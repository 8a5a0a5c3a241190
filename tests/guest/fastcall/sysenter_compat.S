// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 SYSENTER: from compatibility mode to 64-bit code; APM vol. 3 SYSENTER: #UD in compatibility mode
// pitfall: 28
// expect[Haswell]: cs=0x10 rbx=0x100000000
// expect-fault[EPYC-Milan]: ud rip=user_image
  wrmsr_ 0x174, 0x10
  wrmsr_ 0x175, STACK0
  wrmsr_ 0x176, "offset entry"
  push DATA3
  push USER_STACK
  push 2
  push CODE3_32
  push offset user
  iretq
entry:
  mov rbx, 0x100000000
  hlt
  .section .user
user:
  sysenter
