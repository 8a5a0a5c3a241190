// mode: real16 prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.5.1.1: unmasked, TOP and the registers stay
// expect: fsw=0x82c1/0xbaff st0.lo=0x8000000000000000 st0.hi=0x3fff
  fninit
  fcw_ 0x37e
.rept 8
  fld1
.endr
  fldz
  hlt
