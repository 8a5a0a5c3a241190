// mode: prot32 compat32 long64
// pitfall: 5
// manual: SDM vol. 1 8.1.7: 00 valid, 01 zero, 10 special, 11 empty, by physical register; FXSAVE: one bit each
// expect: mem16[data_page+8]=0x1bff ftw=0xe0
  fninit
  fld1
  fldz
  put80 DATA + 64, 0x7fff, 0, 0x80000000
  fld tbyte ptr [DATA + 64]
  fld1
  ffree st(0)
  fnstenv [DATA]
  hlt
