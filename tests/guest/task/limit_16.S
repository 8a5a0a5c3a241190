// mode: prot32
// manual: SDM vol. 3 7.6, table 7-1: the smallest limit of a 16-bit TSS is 2BH: #TS(selector)
// pitfall: 11
// expect-fault: ts 0x60 at=fault
  descriptor FREE_SELECTOR, FREE, 0x2a, 0x81, 0
  nop
fault:
  jmp_far FREE_SELECTOR
