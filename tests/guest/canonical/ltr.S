// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 LTR: #GP(selector) for a non-canonical base; the TSS is not marked busy
// pitfall: 17
// expect-fault: gp 0x60 at=fault mem8[gdt_base+0x65]=0x89
  descriptor FREE_SELECTOR, TSS, 0x67, 0x89, 0
  mov dword ptr [GDT + FREE_SELECTOR + 8], 0x8000
  mov dword ptr [GDT + FREE_SELECTOR + 12], 0
  mov ecx, FREE_SELECTOR
fault:
  ltr cx
