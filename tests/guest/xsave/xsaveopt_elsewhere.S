// mode: prot32 long64
// needs: xsaveopt
// pitfall: 22
// manual: SDM vol. 1 13.6, 13.9: the modified optimisation is for the area of the last XRSTOR only
// expect: mem64[free_area+160]=0xffffffffffffffff mem64[free_area+512]=2/2
  xcr0_on 3
  mxcsr_ 0x1f80
  pcmpeqd xmm0, xmm0
  mov eax, 3
  xor edx, edx
  xsave [DATA]
  xrstor [DATA]
  xsaveopt [FREE]
  hlt
