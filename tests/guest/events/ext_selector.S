// mode: prot32 long64
// manual: SDM vol. 3 6.13, vol. 2 INT n: #GP(selector + EXT) if the gate's segment is no code
// pitfall: 9
// expect-fault: gp 0x19 at=fault
#if MODE_LONG64
  mov word ptr [IDT + 6 * 16 + 2], DATA0
#else
  mov word ptr [IDT + 6 * 8 + 2], DATA0
#endif
fault:
  ud2
