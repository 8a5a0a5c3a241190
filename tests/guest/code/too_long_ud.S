// mode: prot32 long64
// manual: SDM vol. 3 6.15 #GP: over 15 bytes is #GP(0), whatever the opcode behind the prefixes would be
// pitfall: 24
// expect-fault: gp 0 at=fault
fault:
  .fill 15, 1, 0x66
  .byte 0x0f, 0x0b
