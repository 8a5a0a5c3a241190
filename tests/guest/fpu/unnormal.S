// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.2.2, table 8-10: an unnormal operand is an invalid operation
// expect: st0.lo=0xc000000000000000 st0.hi=0xffff fsw=1/0x7f
  fninit
  put80 DATA, 0x3fff, 0, 0x40000000
  fld tbyte ptr [DATA]
  fadd st(0), st(0)
  hlt
