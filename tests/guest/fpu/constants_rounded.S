// mode: prot32 long64
// pitfall: 6
// manual: SDM vol. 2 FLDPI, vol. 1 8.3.8: pi is C90FDAA2 2168C234 C4...h, rounded as RC says
// expect: st0.lo=0xc90fdaa22168c235 st1.lo=0xc90fdaa22168c234 st0.hi=0x4000
  fninit
  fcw_ 0xf7f
  fldpi
  fcw_ 0x37f
  fldpi
  hlt
