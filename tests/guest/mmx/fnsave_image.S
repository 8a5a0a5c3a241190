// mode: prot32 long64
// pitfall: 23
// manual: SDM vol. 1 9.6.3: FNSAVE stores MMX registers as the significands they are, tags special or zero
// expect: mem16[data_page+8]=0x5556 mem64[data_page+28]=0x1234 mem16[data_page+36]=0xffff ftw=0
  fninit
  mov eax, 0x1234
  movd mm0, eax
  fnsave [DATA]
  hlt
