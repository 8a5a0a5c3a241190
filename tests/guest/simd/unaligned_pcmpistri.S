// mode: prot32 long64
// needs: sse4_2
// pitfall: 22
// manual: SDM vol. 2 4.1: memory operands need not be aligned
// expect: ecx=0
  mov dword ptr [DATA + 1], 0x61
  movd xmm0, [DATA + 1]
  pcmpistri xmm0, xmmword ptr [DATA + 1], 0
  hlt
