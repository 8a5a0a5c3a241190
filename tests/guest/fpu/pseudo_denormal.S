// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.2.2: read as the number it stands for, with DE; the result is normal
// expect: st0.lo=0x8000000000000000 st0.hi=1 fsw=2/0x7f
  fninit
  put80 DATA, 0, 0, 0x80000000
  fldz
  fld tbyte ptr [DATA]
  faddp
  hlt
