// mode: prot32 long64
// manual: SDM vol. 2 INT n: #NP(vector * 8 + 2)
// pitfall: 9
// expect-fault: np 0x482 at=fault
#if MODE_LONG64
  mov byte ptr [IDT + 0x90 * 16 + 5], 0x6e
#else
  mov byte ptr [IDT + 0x90 * 8 + 5], 0x6e
#endif
fault:
  int 0x90
