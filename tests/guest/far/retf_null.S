// mode: prot32 long64
// manual: SDM vol. 2 RET: #GP(0) if the return code segment selector is NULL
// pitfall: 9
// expect-fault: gp 0 at=fault
  push 3
  push offset start
fault:
#if BITS == 64
  retfq
#else
  retf
#endif
