// mode: prot32 long64
// needs: sse4a
// pitfall: 22
// manual: APM vol. 4 EXTRQ: length and index in bits; length 0 is 64
// expect: xmm0.lo=0xef xmm1.lo=0x123456789abcdef0 xmm2.lo=0x5678
  put64 DATA, 0x9abcdef0, 0x12345678
  put64 DATA + 16, 0x2010, 0
  movq xmm0, qword ptr [DATA]
  movq xmm1, qword ptr [DATA]
  movq xmm2, qword ptr [DATA]
  movq xmm3, qword ptr [DATA + 16]
  extrq xmm0, 8, 4
  extrq xmm1, 0, 0
  extrq xmm2, xmm3
  hlt
