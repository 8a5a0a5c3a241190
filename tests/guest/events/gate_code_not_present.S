// mode: prot32
// manual: SDM vol. 2 INT n: #NP(selector) if the handler's segment is not present
// pitfall: 9
// expect-fault: np 0x60 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x1b, 0xc
  mov word ptr [IDT + 0x90 * 8 + 2], FREE_SELECTOR
fault:
  int 0x90
