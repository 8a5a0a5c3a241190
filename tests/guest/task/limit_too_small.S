// mode: prot32
// manual: SDM vol. 3 7.3 table 7-1: a TSS limit below 67H is #TS(selector)
// pitfall: 11
// expect-fault: ts 0x60 at=fault
  descriptor FREE_SELECTOR, FREE, 0x66, 0x89, 0
fault:
  .byte 0xea
  .long 0
  .word FREE_SELECTOR
