// mode: prot32 long64
// manual: SDM vol. 2 IRET: to a stack segment with B = 0 only SP is loaded, the rest of ESP stays the handler's
// pitfall: 4
// expect: ebx=0x7220 ss=0x63
  descriptor FREE_SELECTOR, 0x0, 0xffff, 0xf3, 0
  push FREE_SELECTOR | 3
  push 0x12347220
  push 2
  push CODE3_32
  push offset user
#if BITS == 64
  iretq
#else
  iret
#endif
  .section .user
user:
  .byte 0x89, 0xe3
  done
