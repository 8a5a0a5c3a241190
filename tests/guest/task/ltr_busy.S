// mode: prot32 long64
// manual: SDM vol. 2 LTR: #GP(selector) if the TSS is busy
// pitfall: 11
// expect-fault: gp 0x40 at=fault
  mov ax, TSS_SELECTOR
fault:
  ltr ax
