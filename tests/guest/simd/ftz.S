// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 10.2.3.3: with underflow masked a tiny result is zero with UE and PE
// expect: mxcsr=0x9fb0 xmm0.lo=0x80000000
  mxcsr_ 0x9f80
  mov dword ptr [DATA], 0x80800000
  mov dword ptr [DATA + 4], 0x3f000000
  movss xmm0, [DATA]
  mulss xmm0, [DATA + 4]
  hlt
