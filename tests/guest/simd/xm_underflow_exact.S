// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 4.9.1.5: unmasked, every tiny result underflows, also an exact one; no PE then
// expect-fault: xm at=fault mxcsr=0x1790 xmm0.lo=0x00800000
  mxcsr_ 0x1780
  mov dword ptr [DATA], 0x00800000
  mov dword ptr [DATA + 4], 0x3f000000
  movss xmm0, [DATA]
fault:
  mulss xmm0, [DATA + 4]
