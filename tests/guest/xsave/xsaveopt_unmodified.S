// mode: prot32 long64
// needs: xsaveopt avx
// manual: SDM vol. 1 13.6, 13.9; the host itself: what nothing came near since XRSTOR is not written to the same area again
// pitfall: 22
// expect: mem64[data_page+160]=0x9999 mem64[data_page+576]=0x8888 mem64[data_page+512]=6/6
  avx_on
  mxcsr_ 0x1f80
  vcmptrueps ymm0, ymm0, ymm0
  mov eax, 7
  xor edx, edx
  xsave [DATA]
  xrstor [DATA]
  put64 DATA + 160, 0x9999, 0
  put64 DATA + 576, 0x8888, 0
  xsaveopt [DATA]
  hlt
