// mode: long64
// manual: SDM vol. 2 INTO: invalid in 64-bit mode
// expect-fault: ud at=fault
fault:
  .byte 0xce
