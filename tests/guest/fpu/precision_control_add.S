// mode: real16 prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.1.5.2: FADD rounds to 24 bits with PC = 00
// expect: st0.lo=0x8000000000000000 st0.hi=0x3fff fsw=0x20/0x7f
  fninit
  fcw_ 0x07f
  put64 DATA, 0, 0x3e100000
  fld1
  fadd qword ptr [DATA]
  hlt
