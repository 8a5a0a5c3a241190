// mode: prot32 long64
// manual: SDM vol. 2 RET: #NP(selector) if the return code segment is not present; rSP stays
// pitfall: 9
// expect-fault: np 0x60 at=fault sp=stack_top-FRAME
  .equ FRAME, 2 * WORD_SIZE
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x1b, 0xc
  push FREE_SELECTOR
  push offset start
fault:
#if BITS == 64
  retfq
#else
  retf
#endif
