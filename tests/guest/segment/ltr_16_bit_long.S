// mode: long64 compat32
// manual: SDM vol. 3 3.5 table 3-2: a 16-bit TSS is no descriptor type of IA-32e mode
// pitfall: 11
// expect-fault: gp 0x60 at=fault
  descriptor FREE_SELECTOR, TSS, 0x67, 0x81, 0
  mov ecx, FREE_SELECTOR
fault:
  ltr cx
