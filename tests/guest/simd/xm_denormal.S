// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 11.5.2.3: #D unmasked
// expect-fault: xm at=fault mxcsr=0x1e82
  mxcsr_ 0x1e80
  mov dword ptr [DATA], 1
  movss xmm0, [DATA]
fault:
  addss xmm0, xmm0
