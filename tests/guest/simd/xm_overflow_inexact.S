// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 4.9.1.4: as above, inexact: 1.99999988 squared is more than 24 bits
// expect-fault: xm at=fault mxcsr=0x1ba8
  mxcsr_ 0x1b80
  mov dword ptr [DATA], 0x7f7fffff
  movss xmm0, [DATA]
fault:
  mulss xmm0, xmm0
