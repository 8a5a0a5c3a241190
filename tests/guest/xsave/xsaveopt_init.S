// mode: prot32 long64
// needs: xsaveopt avx
// pitfall: 22
// manual: SDM vol. 1 13.9: components in their initial configuration are not written; MXCSR is with SSE or AVX
// expect: mem64[data_page+512]=4 mem64[data_page+160]=0x5555555555555555 mem16[data_page]=0x5555 mem32[data_page+24]=0x1fa0 mem64[data_page+576]=0xffffffffffffffff
  avx_on
  vzeroall
  fninit
  put64 DATA + 160, 0x55555555, 0x55555555
  put64 DATA, 0x55555555, 0x55555555
  vcmptrueps ymm0, ymm0, ymm0
  xorps xmm0, xmm0
  mxcsr_ 0x1fa0
  mov eax, 7
  xor edx, edx
  xsaveopt [DATA]
  hlt
