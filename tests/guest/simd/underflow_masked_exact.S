// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 4.9.1.5: masked, a tiny result that is exact sets no flag
// expect: mxcsr=0x1f80 xmm0.lo=0x00400000
  mxcsr_ 0x1f80
  mov dword ptr [DATA], 0x00800000
  mov dword ptr [DATA + 4], 0x3f000000
  movss xmm0, [DATA]
  mulss xmm0, [DATA + 4]
  hlt
