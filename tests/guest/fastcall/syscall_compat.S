// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 SYSCALL: #UD outside 64-bit mode; APM vol. 3 SYSCALL: from compatibility mode to CSTAR, 64-bit code
// pitfall: 28
// expect-fault[Haswell]: ud rip=user_image cs=0x23
// expect[EPYC-Milan]: cs=0x10 ss=0x18 rcx=user_image+2 eax=5
  wrmsr_ 0xc0000081, 0, 0x00230010
  wrmsr_ 0xc0000083, "offset entry"
  push DATA3
  push USER_STACK
  push 2
  push CODE3_32
  push offset user
  iretq
entry:
  mov eax, 5
  hlt
  .section .user
user:
  .byte 0x0f, 0x05
