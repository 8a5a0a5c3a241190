// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 10.2.3.3: FTZ has no effect while underflow is unmasked
// expect-fault: xm at=fault mxcsr=0x9790 xmm0.lo=0x80800000
  mxcsr_ 0x9780
  mov dword ptr [DATA], 0x80800000
  mov dword ptr [DATA + 4], 0x3f000000
  movss xmm0, [DATA]
fault:
  mulss xmm0, [DATA + 4]
