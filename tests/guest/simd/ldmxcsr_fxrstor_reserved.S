// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 2 FXRSTOR: #GP(0) for reserved MXCSR bits; nothing is loaded
// expect-fault: gp 0 at=fault mxcsr=0x1f80 xmm0.lo=0
  xorps xmm0, xmm0
  fxsave [DATA]
  mov dword ptr [DATA + 160], 0x1234
  or dword ptr [DATA + 24], 0x80000000
fault:
  fxrstor [DATA]
