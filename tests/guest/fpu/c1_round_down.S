// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.1.3.2: C1 = 0 when it was rounded down: 1/7
// expect: st0.lo=0x9249249249249249 st0.hi=0x3ffc fsw=0x20/0x27f
  fninit
  mov word ptr [DATA], 7
  fld1
  fidiv word ptr [DATA]
  hlt
