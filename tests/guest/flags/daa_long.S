// mode: long64
// manual: SDM vol. 2 DAA: invalid in 64-bit mode
// expect-fault: ud at=fault
  nop
fault:
  .byte 0x27
