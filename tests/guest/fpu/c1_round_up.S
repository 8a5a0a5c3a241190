// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.1.3.2: C1 = 1 when an inexact result was rounded up: 1/3 has 1 bits below the last
// expect: st0.lo=0xaaaaaaaaaaaaaaab st0.hi=0x3ffd fsw=0x220/0x27f
  fninit
  mov word ptr [DATA], 3
  fld1
  fidiv word ptr [DATA]
  hlt
