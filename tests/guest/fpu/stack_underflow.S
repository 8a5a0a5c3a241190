// mode: prot32 long64
// manual: SDM vol. 1 8.5.1.1: IE, SF, C1 = 0 and the default NaN
// expect: st0.lo=0xc000000000000000 st0.hi=0xffff fsw=0x41/0x241
  fninit
  fsqrt
  hlt
