// mode: prot32 long64
// pitfall: 6
// manual: SDM vol. 2 FPTAN, vol. 1 8.3.10: tan 1 = 1.55740772465490223050..., and 1.0 pushed
// expect: st0.lo=0x8000000000000000 st0.hi=0x3fff st1.lo=0xc75922e5f71d2dc5/0xfffffffffffffff0 st1.hi=0x3fff
  fninit
  fld1
  fptan
  hlt
