// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.5.5: masked, UE only if the tiny result is inexact too
// expect: st0.lo=0x4000000000000000 st0.hi=0 fsw=0/0x30
  fninit
  put80 DATA, 1, 0, 0x80000000
  mov word ptr [DATA + 16], 2
  fld tbyte ptr [DATA]
  fidiv word ptr [DATA + 16]
  hlt
