// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FXSAVE, FXRSTOR: pending exceptions are not checked for
// expect: mem16[data_page+2]=0xb084/0xb8ff ax=0xb084/0xb8ff
  zero_divide
  fxsave [DATA]
  fxrstor [DATA]
  fnstsw ax
  hlt
