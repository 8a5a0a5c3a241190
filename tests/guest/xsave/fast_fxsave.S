// mode: long64
// needs: fxsr_opt
// pitfall: 22
// manual: APM vol. 2 3.1.7 EFER.FFXSR: FXSAVE and FXRSTOR at CPL 0 in 64-bit mode leave XMM registers out, MXCSR not
// expect: mem64[data_page+160]=0x5555555555555555 mem32[data_page+24]=0x1fa0 mem16[data_page]=0x37f xmm0.lo=0xffffffffffffffff mxcsr=0x1fa0
  wrmsr_ 0xc0000080, 0x4d01
  fninit
  put64 DATA + 160, 0x55555555, 0x55555555
  pcmpeqd xmm0, xmm0
  mxcsr_ 0x1fa0
  fxsave [DATA]
  mxcsr_ 0x1f80
  fxrstor [DATA]
  hlt
