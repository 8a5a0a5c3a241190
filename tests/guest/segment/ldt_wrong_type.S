// mode: prot32 long64
// manual: SDM vol. 2 LLDT: #GP(selector) if the descriptor is no LDT
// expect-fault: gp 0x40 at=fault
  mov ecx, TSS_SELECTOR
fault:
  lldt cx
