// mode: real16 prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FBLD: packed decimal digits and a sign: -15799
// expect: st0.lo=0xf6dc000000000000 st0.hi=0xc00c fsw=0/0x7f
  fninit
  put80 DATA, 0x8000, 0x15799, 0
  fbld tbyte ptr [DATA]
  hlt
