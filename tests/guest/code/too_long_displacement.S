// mode: prot32 long64
// manual: SDM vol. 3 6.15 #GP: the length counts all bytes: 10 prefixes, opcode, ModRM, displacement
// pitfall: 24
// expect-fault: gp 0 at=fault
fault:
  .fill 10, 1, 0x3e
  .byte 0x8b, 0x83
  .long 0
