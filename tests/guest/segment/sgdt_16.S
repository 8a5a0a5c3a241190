// mode: real16 prot32
// manual: SDM vol. 2 SGDT: all 32 bits of the base are stored whatever the operand size
// expect: mem16[data_page+6]=0x1234 mem32[data_page+8]=0x12345678
  mov word ptr [DATA], 0x1234
  mov dword ptr [DATA + 2], 0x12345678
#if BITS == 16
  .byte 0x66
  lgdt [DATA]
  sgdt [DATA + 6]
#else
  lgdt [DATA]
  .byte 0x66
  sgdt [DATA + 6]
#endif
  hlt
