// mode: prot32 long64
// pitfall: 7 23
// manual: SDM vol. 2 CVTPS2PI: an unmasked SIMD exception leaves the MMX register
// expect-fault: xm at=fault st0.lo=0x1234 mxcsr=0x0fa0
  mov eax, 0x1234
  movd mm0, eax
  mxcsr_ 0x0f80
  put64 DATA, 0x3fc00000, 0x3f800000
fault:
  cvtps2pi mm0, [DATA]
