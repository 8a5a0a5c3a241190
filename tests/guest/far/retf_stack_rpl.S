// mode: prot32 long64
// manual: SDM vol. 2 RET: #GP(selector) if RPL of the stack selector is not that of CS
// pitfall: 9
// expect-fault: gp 0x28 at=fault
  push DATA3 & ~3
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
