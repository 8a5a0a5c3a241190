// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 figure 8-9: reserved halves read as ones on processors
// expect: mem16[data_page+2]=0xffff mem16[data_page+6]=0xffff mem16[data_page+10]=0xffff mem16[data_page+26]=0xffff mem8[data_page+28]=0x77
  fninit
  mov byte ptr [DATA + 28], 0x77
  fnstenv [DATA]
  hlt
