// mode: prot32 long64
// needs: amd xsaveerptr
// pitfall: 5
// manual: APM vol. 3 CPUID Fn8000_0008_EBX[RstrFpErrPtrs]: pointers are saved as zeros unless an unmasked exception is pending
// expect: mem16[data_page+6]=0 mem64[data_page+8]=0 mem64[data_page+16]=0 mem32[free_area+12]=last
  fninit
last:
  fldz
  put64 DATA + 8, -1, -1
  fxsave [DATA]
  fnstenv [FREE]
  hlt
