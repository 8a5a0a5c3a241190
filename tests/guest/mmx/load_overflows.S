// mode: prot32 long64
// pitfall: 23
// manual: SDM vol. 1 9.6.2: after MMX without EMMS all registers are full: FLD is a stack overflow
// expect: fsw=0x3a41/0x3a7f st0.lo=0xc000000000000000
  fninit
  movq mm0, mm1
  fld1
  hlt
