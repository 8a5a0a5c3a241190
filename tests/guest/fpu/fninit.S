// mode: real16 prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FINIT: FCW 37Fh, FSW, FTW and the pointers cleared; the data registers stay
// expect: fcw=0x37f fsw=0 ftw=0 fip=0 fdp=0 fop=0 st7.lo=0x8000000000000000
  zero_divide
  fninit
  fincstp
  fdecstp
  fninit
  hlt
