// mode: prot32 long64
// manual: SDM vol. 1 8.1.7, figure 8-9: two bits a physical register, 11B is empty: after FLD1 register 7 is valid, then 6 zero
// pitfall: 5
// expect: mem16[data_page+8]=0x1fff mem16[data_page+4]=0x3000/0x3800
  fninit
  fld1
  fldz
  fnstenv [DATA]
  hlt
