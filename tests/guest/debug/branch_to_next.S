// mode: prot32 long64
// manual: SDM vol. 3 18.4.3: with BTF a taken branch traps, also one to the instruction behind it
// pitfall: 16
// expect-fault: db at=after
  wrmsr_ 0x1d9, 2
  push 0x102
#if BITS == 64
  popfq
#else
  popfd
#endif
  nop
  jmp after
after:
  nop
  hlt
