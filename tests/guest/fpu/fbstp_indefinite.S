// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 table 4-4: packed BCD integer indefinite, IE
// expect: mem64[data_page]=0xc000000000000000 mem16[data_page+8]=0xffff fsw=1/0x7f
  fninit
  put80 DATA + 32, 0x7fff, 0, 0x80000000
  fld tbyte ptr [DATA + 32]
  fbstp tbyte ptr [DATA]
  hlt
