// mode: prot32 long64
// manual: SDM vol. 2 FXSAVE, FXRSTOR, table 3-44
// expect: mem64[data_page+160]=0xffffffffffffffff mem16[data_page]=0x37f xmm0.lo=0xffffffffffffffff
  fninit
  pcmpeqd xmm0, xmm0
  fxsave [DATA]
  xorps xmm0, xmm0
  fxrstor [DATA]
  hlt
