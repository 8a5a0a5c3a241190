// mode: prot32 long64
// pitfall: 2 7
// manual: SDM vol. 1 11.6.6; APM vol. 2 11.3.2: MXCSR_MASK has DAZ, and MM (bit 17) exactly when CPUID says MisAlignSse
// needs: misalignsse
// expect: mem32[data_page+28]=0x2ffff
  fxsave [DATA]
  hlt
