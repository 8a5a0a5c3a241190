// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.1.3.3: ES says that an unmasked flag is set; FNSTENV masks all afterwards (vol. 2 FSTENV)
// expect: ax=0x0004/0x8084 mem16[data_page]=0x37b mem16[data_page+4]=0x8084/0x8084 fcw=0x37f st0.hi=0x3fff
  zero_divide
  fnstenv [DATA]
  fnstsw ax
  fld1
  hlt
