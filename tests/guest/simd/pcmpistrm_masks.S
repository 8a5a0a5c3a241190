// mode: prot32 long64
// needs: sse4_2
// pitfall: 22
// manual: SDM vol. 2 PCMPISTRM: imm8[6] expands the mask to elements; imm8[5:4] negates it, or only the valid ones
// expect: xmm2.lo=0xffffffffffffff00 xmm2.hi=0xffffffffffffffff xmm0.lo=0x6 xmm0.hi=0
  put64 DATA, 0x00626261, 0
  put64 DATA + 16, 0x61, 0
  movq xmm3, qword ptr [DATA]
  movq xmm1, qword ptr [DATA + 16]
  pcmpistrm xmm1, xmm3, 0x50
  movdqa xmm2, xmm0
  pcmpistrm xmm1, xmm3, 0x30
  hlt
