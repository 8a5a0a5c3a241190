// mode: prot32 compat32
// manual: SDM vol. 2 JMP: #NP(selector)
// pitfall: 9
// expect-fault: np 0x60 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x1b, 0xc
fault:
  .byte 0xea
  .long 0
  .word FREE_SELECTOR
