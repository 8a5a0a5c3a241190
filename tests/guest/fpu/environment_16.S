// mode: prot16 prot32 long64
// pitfall: 5
// manual: SDM vol. 1 figure 8-11: 14 bytes, 16-bit offsets, no opcode
// expect: mem16[data_page]=0x37b mem16[data_page+2]=0xb884/0xb8ff mem16[data_page+4]=0x3fff mem16[data_page+6]=divide mem16[data_page+10]=data_page+64 mem16[data_page+14]=0x7777
  fninit
  fcw_ 0x37b
  mov word ptr [DATA + 14], 0x7777
  mov dword ptr [DATA + 64], 0
  fld1
divide:
  fdiv dword ptr [DATA + 64]
#if BITS != 16
  .byte 0x66
#endif
  fnstenv [DATA]
  hlt
