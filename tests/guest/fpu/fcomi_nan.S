// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FCOMI: unordered is ZF PF CF; IE also for a quiet NaN. FUCOMI: not for a quiet one
// expect: flags=zf,pf,cf,!of,!sf,!af ax=1/0x7f bx=0/0x7f
  fninit
  put80 DATA, 0x7fff, 0, 0xc0000000
  fld1
  fld tbyte ptr [DATA]
  fucomi st(0), st(1)
  fnstsw ax
  mov bx, ax
  fcomi st(0), st(1)
  fnstsw ax
  hlt
