// mode: prot32 long64
// manual: SDM vol. 2 POPF table 4-21: at CPL 0 VM, RF, VIF, VIP do not change; bit 1 stays 1, bits 3, 5, 15 stay 0
// expect: rflags=0x247ed7/0x3fffff
  push -0x101
  .if BITS == 64
  popfq
  .else
  popf
  .endif
  hlt
