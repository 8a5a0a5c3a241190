// mode: real16 prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FLDENV: an unmasked flag it loads is reported by the next waiting instruction
// expect-fault: mf at=fault
  zero_divide
  fnstenv [DATA]
  fldenv [DATA]
fault:
  fld1
