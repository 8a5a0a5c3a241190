// mode: prot32 long64
// manual: SDM vol. 2 INT n: #GP(EXT) if the gate's selector is NULL
// pitfall: 9
// expect-fault: gp 0 at=fault
#if MODE_LONG64
  mov word ptr [IDT + 0x90 * 16 + 2], 3
#else
  mov word ptr [IDT + 0x90 * 8 + 2], 3
#endif
fault:
  int 0x90
