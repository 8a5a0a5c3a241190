// mode: prot32
// manual: SDM vol. 2 INT n: #GP(EXT) if the gate's offset is beyond the code segment's limit
// pitfall: 9
// expect-fault: gp 1 at=fault
  descriptor FREE_SELECTOR, 0, 0xfff, 0x9b, 0x4
  mov word ptr [IDT + 6 * 8 + 2], FREE_SELECTOR
fault:
  ud2
