// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.5.5: unmasked, every tiny result; its exponent is raised by 24576
// expect: st0.lo=0x8000000000000000 st0.hi=0x6000 fsw=0x8090/0x80ff
  fninit
  fcw_ 0x36f
  put80 DATA, 1, 0, 0x80000000
  mov word ptr [DATA + 16], 2
  fld tbyte ptr [DATA]
  fidiv word ptr [DATA + 16]
  hlt
