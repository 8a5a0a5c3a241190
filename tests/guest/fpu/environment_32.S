// mode: prot32 compat32 long64
// pitfall: 5
// manual: SDM vol. 1 figure 8-9: control, status, tag word, FIP, opcode, FDP; 8.1.8: of the instruction with the exception
// expect: mem16[data_page]=0x37b mem16[data_page+4]=0xb884/0xb8ff mem16[data_page+8]=0x3fff mem32[data_page+12]=divide mem32[data_page+20]=data_page+64
// expect[prot32 compat32]: mem16[data_page+18]=0x035
// expect[long64]: mem16[data_page+18]=0x034
  fninit
  fcw_ 0x37b
  mov dword ptr [DATA + 64], 0
  fld1
divide:
  fdiv dword ptr [DATA + 64]
  fnstenv [DATA]
  hlt
