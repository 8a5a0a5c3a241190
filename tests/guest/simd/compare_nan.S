// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 2 CMPPS: EQ is quiet, LT signals for a quiet NaN
// expect: eax=0x1f80 xmm0.lo=0 xmm1.lo=0 mxcsr=0x1f81
  mxcsr_ 0x1f80
  put64 DATA, 0x7fc00000, 0x7fc00000
  movlps xmm0, [DATA]
  movlps xmm1, [DATA]
  movlps xmm2, [DATA]
  cmpeqps xmm0, xmm2
  stmxcsr [DATA + 16]
  cmpltps xmm1, xmm2
  mov eax, dword ptr [DATA + 16]
  movlps [DATA + 32], xmm0
  hlt
