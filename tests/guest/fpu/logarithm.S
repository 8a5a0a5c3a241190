// mode: prot32 long64
// pitfall: 6
// manual: SDM vol. 2 FYL2X: log2 10 = 3.32192809488736234787...
// expect: st0.lo=0xd49a784bcd1b8afe/0xfffffffffffffff0 st0.hi=0x4000
  fninit
  mov word ptr [DATA], 10
  fld1
  fild word ptr [DATA]
  fyl2x
  hlt
