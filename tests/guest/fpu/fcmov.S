// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FCMOVcc
// expect: st0.hi=0x3fff st1.hi=0
// init: flags=cf
  fninit
  fld1
  fldz
  fldz
  fcmovb st(0), st(2)
  fcmovnb st(0), st(1)
  hlt
