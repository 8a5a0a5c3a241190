// mode: prot32 long64
// needs: xsaveopt avx
// manual: SDM vol. 1 13.6, 13.9; the host itself: a register that is given the value it has counts as modified, for its component
// pitfall: 22
// expect: mem64[data_page+160]=0x2222 mem64[data_page+576]=0x8888
  avx_on
  mxcsr_ 0x1f80
  vcmptrueps ymm1, ymm1, ymm1
  put64 DATA + 0x400, 0x2222, 0
  movq xmm0, qword ptr [DATA + 0x400]
  vinsertf128 ymm0, ymm0, xmm1, 1
  mov eax, 7
  xor edx, edx
  xsave [DATA]
  xrstor [DATA]
  put64 DATA + 160, 0x9999, 0
  put64 DATA + 576, 0x8888, 0
  movdqa xmm0, xmm0
  xsaveopt [DATA]
  hlt
