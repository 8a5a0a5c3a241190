// mode: prot32 long64
// manual: SDM vol. 2 MOV: #GP(selector) for a system descriptor
// pitfall: 1
// expect-fault: gp 0x40 at=fault
  mov ecx, TSS_SELECTOR
fault:
  mov ds, ecx
