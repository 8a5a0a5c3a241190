// mode: long64 compat32
// manual: SDM vol. 3 6.14.1: in IA-32e mode a handler's segment must be 64-bit code: #GP(selector)
// pitfall: 9
// expect-fault: gp 8 at=fault
  mov word ptr [IDT + 0x90 * 16 + 2], CODE0_32
fault:
  int 0x90
