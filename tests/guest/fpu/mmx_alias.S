// mode: prot32 long64
// manual: SDM vol. 1 9.2.1, 9.5.1: an MMX write sets exponent bits to 1, TOP to 0, all tags valid
// expect: st0.lo=0x1234 st0.hi=0xffff ftw=0xff fsw=0/0x3800
  fninit
  fld1
  mov eax, 0x1234
  movd mm0, eax
  hlt
