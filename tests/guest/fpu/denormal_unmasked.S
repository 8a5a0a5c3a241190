// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.5.2: unmasked #D on arithmetic: detected before the operation, operands kept
// expect-fault: mf at=fault fsw=0x8082/0x80ff st0.hi=0 st0.lo=1
  fninit
  put80 DATA, 0, 1, 0
  fld tbyte ptr [DATA]
  fcw_ 0x37d
  fadd st(0), st(0)
fault:
  fwait
