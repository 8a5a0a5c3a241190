// mode: long64
// manual: SDM vol. 3 3.5: the type field of the descriptor's upper half is 0, else #GP(selector)
// expect-fault: gp 0x60 at=fault
  descriptor FREE_SELECTOR, TSS, 0x67, 0x89, 0
  mov dword ptr [GDT + FREE_SELECTOR + 8], 0
  mov dword ptr [GDT + FREE_SELECTOR + 12], 0x100
  mov ecx, FREE_SELECTOR
fault:
  ltr cx
