// mode: prot32 long64
// manual: SDM vol. 3 2.5 CR4.OSXMMEXCPT: without it an unmasked SIMD exception is #UD
// expect-fault: ud at=fault
  mov a_, cr4
  and a_, ~0x400
  mov cr4, a_
  mov dword ptr [DATA], 0x1d80
  ldmxcsr [DATA]
  mov dword ptr [DATA + 4], 0x3f800000
  movss xmm0, [DATA + 4]
  xorps xmm1, xmm1
fault:
  divss xmm0, xmm1
