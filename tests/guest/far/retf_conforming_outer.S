// mode: prot32
// manual: SDM vol. 2 RET: #GP(selector) if DPL of a conforming return segment is above the selector's RPL
// pitfall: 9
// expect-fault: gp 0x60 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0xff, 0xc
  push FREE_SELECTOR
  push offset start
fault:
  retf
