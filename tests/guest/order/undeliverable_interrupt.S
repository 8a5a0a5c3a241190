// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 6.13: a fault while an external interrupt is delivered has EXT set: vector * 8 + 3; the interrupt is in service
// expect-fault: np 0x20b at=after
#if BITS == 64
  mov byte ptr [IDT + 0x41 * 16 + 5], 0x0e
#else
  mov byte ptr [IDT + 0x41 * 8 + 5], 0x0e
#endif
  self_ipi 0x41
  sti
  nop
after:
  nop
  hlt
