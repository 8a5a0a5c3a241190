// mode: real16 prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.5.1.1: overflow sets IE, SF and C1; masked, the default NaN is pushed
// expect: fsw=0x3a41/0x3a7f st0.lo=0xc000000000000000 st0.hi=0xffff ftw=0xff
  fninit
.rept 9
  fld1
.endr
  hlt
