// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 3 3.5, vol. 2 LLDT: #GP(selector) for a non-canonical base
// pitfall: 17
// expect-fault: gp 0x60 at=fault
  descriptor FREE_SELECTOR, DATA, 0xf, 0x82, 0
  mov dword ptr [GDT + FREE_SELECTOR + 8], 0x8000
  mov dword ptr [GDT + FREE_SELECTOR + 12], 0
  mov ecx, FREE_SELECTOR
fault:
  lldt cx
