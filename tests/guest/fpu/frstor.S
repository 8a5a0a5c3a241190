// mode: real16 prot16 prot32 compat32 long64
// pitfall: 5
// manual: SDM vol. 2 FRSTOR: all of FSAVE's image
// expect: fcw=0x27f fsw=0x3000/0x3800 ftw=0xc0 st0.hi=0 st1.lo=0x8000000000000000 st1.hi=0x3fff
  fninit
  fcw_ 0x27f
  fld1
  fldz
  fnsave [DATA]
  fld1
  fld1
  fld1
  frstor [DATA]
  hlt
