// mode: prot32 long64
// manual: SDM vol. 3 6.15 #XM; vol. 1 11.5.2.2: a fault, MXCSR.ZE set
// expect-fault: xm at=fault mxcsr=4/4
  mov dword ptr [DATA], 0x1d80
  ldmxcsr [DATA]
  mov dword ptr [DATA + 4], 0x3f800000
  movss xmm0, [DATA + 4]
  xorps xmm1, xmm1
fault:
  divss xmm0, xmm1
