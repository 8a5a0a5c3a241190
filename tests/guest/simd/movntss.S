// mode: prot32 long64
// needs: sse4a
// pitfall: 22
// manual: APM vol. 4 MOVNTSS, MOVNTSD: 4 and 8 bytes, no alignment
// expect: mem64[data_page+17]=0x0807060504030201 mem32[data_page+1]=0x04030201 mem8[data_page+5]=0x55
  put64 DATA + 32, 0x04030201, 0x08070605
  mov byte ptr [DATA + 5], 0x55
  movq xmm0, qword ptr [DATA + 32]
  movntsd qword ptr [DATA + 17], xmm0
  movntss dword ptr [DATA + 1], xmm0
  hlt
