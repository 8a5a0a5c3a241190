// mode: prot32 long64
// needs: xsaveopt
// pitfall: 22
// manual: SDM vol. 1 13.9: what was modified since the last XRSTOR is written again
// expect: mem64[data_page+160]=0x1234 mem64[data_page+512]=2/2
  xcr0_on 3
  mxcsr_ 0x1f80
  pcmpeqd xmm0, xmm0
  mov eax, 3
  xor edx, edx
  xsave [DATA]
  xrstor [DATA]
  put64 DATA + 64 + 512, 0x1234, 0
  movq xmm0, qword ptr [DATA + 64 + 512]
  xsaveopt [DATA]
  hlt
