// mode: prot32 long64
// manual: SDM vol. 2 F2XM1; vol. 1 8.3.10: transcendental results are right to 1 ulp of 64 bits: 2^0.5 - 1
// pitfall: 6
// expect: st0.lo=0xd413cccfe7799210/0xfffffffffffffffc st0.hi=0x3ffd
  mov dword ptr [DATA], 0x3f000000
  fninit
  fld dword ptr [DATA]
  f2xm1
  hlt
