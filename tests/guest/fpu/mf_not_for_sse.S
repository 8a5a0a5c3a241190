// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 1 11.5.2: x87 exceptions are not reported by instructions on XMM registers
// expect: xmm0.lo=0x0000000040000000
  mov dword ptr [DATA], 0x3f800000
  movss xmm0, [DATA]
  zero_divide
  addss xmm0, [DATA]
  hlt
