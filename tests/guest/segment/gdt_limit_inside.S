// mode: prot32 long64
// manual: SDM vol. 3 3.5.1: all eight bytes of a descriptor lie within the table's limit, else #GP(selector)
// pitfall: 1
// expect-fault: gp 0x60 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x93, 0xc
  lgdt [table]
  mov ecx, FREE_SELECTOR
fault:
  mov es, ecx
table:
  .word FREE_SELECTOR + 6
#if LMODE
  .quad GDT
#else
  .long GDT
#endif
