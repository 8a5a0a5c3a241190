// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 1 table 4-8: MXCSR.RC; truncating forms ignore it
// expect: eax=2 ebx=3 ecx=2 edx=2 mxcsr=0x5fa0
  mov dword ptr [DATA], 0x40200000
  mxcsr_ 0x1f80
  cvtss2si eax, [DATA]
  mxcsr_ 0x3f80
  cvtss2si edx, [DATA]
  mxcsr_ 0x5f80
  cvtss2si ebx, [DATA]
  cvttss2si ecx, [DATA]
  hlt
