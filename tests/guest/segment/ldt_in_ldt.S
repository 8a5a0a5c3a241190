// mode: prot32 long64
// manual: SDM vol. 2 LLDT: #GP(selector) if the selector does not point into the GDT
// expect-fault: gp 0x64 at=fault
  mov ecx, FREE_SELECTOR | 4
fault:
  lldt cx
