// mode: prot32 long64
// manual: SDM vol. 3 6.13: EXT is set for a fault while an exception is delivered
// pitfall: 9
// expect-fault: np 0x33 at=fault
#if MODE_LONG64
  mov byte ptr [IDT + 6 * 16 + 5], 0x0e
#else
  mov byte ptr [IDT + 6 * 8 + 5], 0x0e
#endif
fault:
  ud2
