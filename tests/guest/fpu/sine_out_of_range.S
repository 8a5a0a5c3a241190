// mode: prot32 long64
// pitfall: 6
// manual: SDM vol. 2 FSIN: from 2 to the 63 on C2 = 1 and the operand stays
// expect: st0.lo=0x8000000000000000 st0.hi=0x403e fsw=0x400/0x400
  fninit
  put80 DATA, 0x403e, 0, 0x80000000
  fld tbyte ptr [DATA]
  fsin
  hlt
