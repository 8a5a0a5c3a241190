// mode: prot32 long64
// needs: xsavec avx
// pitfall: 22
// manual: SDM vol. 1 13.10: XCOMP_BV has bit 63 and the request, XSTATE_BV what is in use; nothing else is written
// expect: mem64[data_page+512]=4 mem64[data_page+520]=0x8000000000000006 mem64[data_page+576]=0xffffffffffffffff mem64[data_page+160]=0x5555555555555555 mem32[data_page+24]=0x55555555
  avx_on
  mxcsr_ 0x1f80
  vzeroall
  put64 DATA + 160, 0x55555555, 0x55555555
  put64 DATA + 24, 0x55555555, 0x55555555
  put64 DATA + 512, -1, -1
  vcmptrueps ymm0, ymm0, ymm0
  xorps xmm0, xmm0
  mov eax, 6
  xor edx, edx
  xsavec [DATA]
  hlt
