// mode: prot32 long64
// needs: sse4a
// pitfall: 22
// manual: APM vol. 4 INSERTQ: the source's low bits replace a field of the destination
// expect: xmm0.lo=0x123456789abccdf0 xmm1.lo=0xffffffffffff0fff
  put64 DATA, 0x9abcdef0, 0x12345678
  put64 DATA + 16, 0xcd, 0
  put64 DATA + 32, 0, 0
  put64 DATA + 40, 0x0c04, 0
  movq xmm0, qword ptr [DATA]
  movq xmm1, qword ptr [DATA + 16]
  insertq xmm0, xmm1, 8, 8
  pcmpeqd xmm1, xmm1
  movaps xmm2, [DATA + 32]
  insertq xmm1, xmm2
  hlt
