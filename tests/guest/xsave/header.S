// mode: prot32 long64
// needs: xsave
// manual: SDM vol. 1 13.7: XSTATE_BV gets the requested components in use
// expect: mem64[data_page+512]=2/2 mem64[data_page+160]=0xffffffffffffffff
  set_bits cr4, 0x40000
  xor ecx, ecx
  xor edx, edx
  mov eax, 3
  xsetbv
  pcmpeqd xmm0, xmm0
  xsave [DATA]
  hlt
