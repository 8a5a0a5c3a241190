// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 IRET, APM vol. 3 IRET: #GP(0) at the IRET if the return RIP is not canonical
// pitfall: 8 9
// expect-fault: gp 0 at=fault cs=0x10
  push DATA3
  push USER_STACK
  push 2
  push CODE3_64
  mov rax, 0x800000000000
  push rax
fault:
  iretq
