// mode: real16 prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.1.5.2: precision control acts on arithmetic only, not on FLD
// expect: st0.lo=0x8000000000000800 st0.hi=0x3fff fsw=0/0x7f
  fninit
  fcw_ 0x07f
  put64 DATA, 1, 0x3ff00000
  fld qword ptr [DATA]
  hlt
