// mode: prot32 long64
// needs: f16c
// pitfall: 7
// manual: SDM vol. 2 VCVTPS2PH: an unmasked exception leaves the memory operand
// expect-fault: xm at=fault mem64[data_page+32]=0x5555555566666666 mxcsr=0x0fa0
  avx_on
  mxcsr_ 0x0f80
  put64 DATA, 0x3f800001, 0
  put64 DATA + 32, 0x66666666, 0x55555555
  vmovq xmm1, qword ptr [DATA]
fault:
  vcvtps2ph qword ptr [DATA + 32], xmm1, 0
