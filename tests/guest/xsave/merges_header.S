// mode: prot32 long64
// needs: avx
// pitfall: 22
// manual: SDM vol. 1 13.7: XSTATE_BV keeps the bits not requested; XCOMP_BV and what is not requested are not written
// expect: mem64[data_page+512]=0x205 mem64[data_page+520]=0x1234 mem64[data_page+160]=0x7777777777777777 mem16[data_page]=0x37f
  avx_on
  vzeroall
  put64 DATA + 160, 0x77777777, 0x77777777
  put64 DATA + 512, 0x206, 0
  put64 DATA + 520, 0x1234, 0
  fninit
  fld1
  vcmptrueps ymm0, ymm0, ymm0
  vxorps xmm1, xmm1, xmm1
  mov eax, 1
  xor edx, edx
  xsave [DATA]
  and dword ptr [DATA + 512], ~2
  hlt
