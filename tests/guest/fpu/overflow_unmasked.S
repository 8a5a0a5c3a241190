// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.5.4: unmasked, the exponent is reduced by 24576; here exact, so no PE
// expect: st0.lo=0x8000000000000000 st0.hi=0x1fff fsw=0x8088/0x80ff
  fninit
  fcw_ 0x377
  put80 DATA, 0x7ffe, 0, 0x80000000
  fld tbyte ptr [DATA]
  fadd st(0), st(0)
  hlt
