// mode: prot32 long64
// needs: xsavec
// pitfall: 22
// manual: SDM vol. 1 13.10: MXCSR other than 1F80h alone makes SSE state saved
// expect: mem64[data_page+512]=2 mem32[data_page+24]=0x1fa0
  xcr0_on 3
  xorps xmm0, xmm0
  mxcsr_ 0x1fa0
  mov eax, 2
  xor edx, edx
  xsavec [DATA]
  hlt
