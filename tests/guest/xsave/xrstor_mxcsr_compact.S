// mode: prot32 long64
// needs: xsavec
// pitfall: 7 22
// manual: SDM vol. 1 13.8.2: the compacted form initialises MXCSR with SSE state
// expect: mxcsr=0x1f80 xmm0.lo=0
  xcr0_on 3
  mov eax, 3
  xor edx, edx
  mxcsr_ 0x1f80
  xorps xmm0, xmm0
  xsavec [DATA]
  mxcsr_ 0x1fa0
  pcmpeqd xmm0, xmm0
  mov dword ptr [DATA + 512], 0
  xrstor [DATA]
  hlt
