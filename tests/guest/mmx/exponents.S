// mode: prot32 long64
// pitfall: 23
// manual: SDM vol. 1 9.2.2, table 9-1: only the written register gets the exponent of ones
// expect: st7.lo=0x1234 st7.hi=0xffff st6.hi=0x4000 st6.lo=0x8000000000000000
  fninit
  fld1
  fld1
  fadd st(0), st(0)
  mov eax, 0x1234
  movd mm7, eax
  hlt
