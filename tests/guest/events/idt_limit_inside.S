// mode: prot32 long64
// manual: SDM vol. 3 6.10, 6.13: the whole gate lies within the IDT's limit, else #GP(vector * 8 + 2)
// pitfall: 9
// expect-fault: gp 0x482 at=fault
  lidt [table]
fault:
  int 0x90
table:
#if LMODE
  .word 0x90 * 16 + 14
  .quad IDT
#else
  .word 0x90 * 8 + 6
  .long IDT
#endif
