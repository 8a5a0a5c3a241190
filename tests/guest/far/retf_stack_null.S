// mode: prot32 long64
// manual: SDM vol. 2 RET: #GP(0) if the return stack segment selector is NULL
// pitfall: 9
// expect-fault: gp 0 at=fault
  push 3
  push USER_STACK
#if BITS == 64
  push CODE3_64
  push offset start
fault:
  retfq
#else
  push CODE3_32
  push offset start
fault:
  retf
#endif
