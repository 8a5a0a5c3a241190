// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.5.4: infinity, OE and PE
// expect: st0.lo=0x8000000000000000 st0.hi=0x7fff fsw=0x28/0x7f
  fninit
  put80 DATA, 0x7ffe, 0, 0x80000000
  fld tbyte ptr [DATA]
  fadd st(0), st(0)
  hlt
