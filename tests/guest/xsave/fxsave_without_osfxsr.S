// mode: prot32 long64
// pitfall: 7
// manual: SDM vol. 3 2.5 CR4.OSFXSR: FXRSTOR leaves XMM and MXCSR alone while it is 0; x87 state is restored
// needs: intel
// expect: xmm0.lo=0x1234 fcw=0x27f
  fcw_ 0x27f
  pcmpeqd xmm0, xmm0
  fxsave [DATA]
  fninit
  put64 DATA + 1024, 0x1234, 0
  movq xmm0, qword ptr [DATA + 1024]
  mov a_, cr4
  and a_, ~0x200
  mov cr4, a_
  fxrstor [DATA]
  hlt
