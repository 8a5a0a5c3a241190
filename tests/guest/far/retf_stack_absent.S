// mode: prot32 long64
// manual: SDM vol. 2 RET: #SS(selector) if the return stack segment is not present
// pitfall: 9
// expect-fault: ss 0x60 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x73, 0xc
  push FREE_SELECTOR | 3
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
