// mode: real16 prot32 long64
// pitfall: 23
// manual: SDM vol. 2 EMMS: all tags empty, so that FLD works
// expect: fsw=0x3800/0x3a7f ftw=0x80 st0.hi=0x3fff
  fninit
  movq mm0, mm1
  emms
  fld1
  hlt
