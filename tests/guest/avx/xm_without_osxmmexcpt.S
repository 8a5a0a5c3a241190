// mode: prot32 long64
// needs: avx
// pitfall: 7
// manual: SDM vol. 2 2.4.2: an unmasked exception with CR4.OSXMMEXCPT = 0 is #UD; the flag is set
// expect-fault: ud at=fault mxcsr=0x1d84
  avx_on
  mov a_, cr4
  and a_, ~0x400
  mov cr4, a_
  mxcsr_ 0x1d80
  mov dword ptr [DATA], 0x3f800000
  vmovss xmm0, [DATA]
  vxorps xmm1, xmm1, xmm1
fault:
  vdivss xmm0, xmm0, xmm1
