// mode: prot32 long64
// pitfall: 23
// manual: SDM vol. 1 9.2.2: MMn is the significand of the physical register Rn, wherever TOP is
// expect: mem64[data_page]=0x8000000000000000 mem64[data_page+8]=0xc000000000000000 st7.hi=0x3fff
  fninit
  fld1
  put80 DATA + 32, 0x4000, 0, 0xc0000000
  fld tbyte ptr [DATA + 32]
  movq [DATA], mm7
  movq [DATA + 8], mm6
  hlt
