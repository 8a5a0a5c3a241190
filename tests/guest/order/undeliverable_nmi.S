// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 6.13: NMI through an absent gate: #NP with EXT, vector * 8 + 3
// expect-fault: np 0x13 at=after
#if BITS == 64
  mov byte ptr [IDT + 2 * 16 + 5], 0x0e
#else
  mov byte ptr [IDT + 2 * 8 + 5], 0x0e
#endif
  nmi_self
after:
  nop
  hlt
