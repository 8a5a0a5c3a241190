// mode: real16 prot32 long64
// manual: SDM vol. 2 MOVS, REP: element by element in order, also where words overlap by a byte
// pitfall: 26
// expect: mem64[data_page]=0x0705030301010000
  mov si_, DATA
  mov di_, DATA + 1
  mov c_, 3
  mov word ptr [DATA], 0x0100
  mov word ptr [DATA + 2], 0x0302
  mov word ptr [DATA + 4], 0x0504
  mov word ptr [DATA + 6], 0x0706
  cld
  rep movsw
  hlt
