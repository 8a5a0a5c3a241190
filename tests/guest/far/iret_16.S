// mode: prot32 long64
// manual: SDM vol. 2 IRET with a 16-bit operand size: the upper half of EFLAGS stays
// init: flags=ac
// expect: flags=cf,ac
#if BITS == 64
  pushw DATA0
  pushw STACK
  pushw 3
  pushw CODE0_64
#else
  pushw 3
  pushw CODE0_32
#endif
  pushw offset target
  .byte 0x66, 0xcf
target:
  hlt
