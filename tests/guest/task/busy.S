// mode: prot32
// manual: SDM vol. 3 7.3 table 7-1: JMP to a busy TSS is #GP(selector)
// pitfall: 11
// expect-fault: gp 0x40 at=fault
  nop
fault:
  .byte 0xea
  .long 0
  .word TSS_SELECTOR
