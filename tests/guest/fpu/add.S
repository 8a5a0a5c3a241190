// mode: real16 prot32 long64
// manual: SDM vol. 2 FADD; vol. 1 4.2.2 double extended format
// expect: st0.lo=0x8000000000000000 st0.hi=0x4000
  fninit
  fld1
  fld1
  faddp
  hlt
