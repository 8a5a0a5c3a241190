// mode: prot32 long64
// pitfall: 6
// manual: SDM vol. 2 FPATAN: pi/4
// expect: st0.lo=0xc90fdaa22168c235/0xfffffffffffffffe st0.hi=0x3ffe
  fninit
  fld1
  fld1
  fpatan
  hlt
