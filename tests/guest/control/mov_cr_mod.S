// mode: prot32 long64
// manual: SDM vol. 2 MOV CR: the mod field is ignored, the operand is a register; 66 and REP too
// pitfall: 24
// expect: ebx=1/1 edx=1/1
  .byte 0x0f, 0x20, 0x03
  .byte 0xf3, 0x0f, 0x20, 0x42
  hlt
