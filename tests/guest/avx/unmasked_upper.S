// mode: prot32 long64
// needs: avx
// pitfall: 7
// manual: SDM vol. 1 14.9: exceptions of any element; nothing is written
// expect-fault: xm at=fault mxcsr=0x1d84 ymm0.hi=0x3f8000003f800000 xmm0.lo=0x3f8000003f800000
  avx_on
  mxcsr_ 0x1d80
  mov dword ptr [DATA + 64], 0x3f800000
  vbroadcastss ymm0, [DATA + 64]
  vmovaps ymm1, ymm0
  vmovups [DATA], ymm0
  mov dword ptr [DATA + 28], 0
  vmovups ymm1, [DATA]
fault:
  vdivps ymm0, ymm0, ymm1
