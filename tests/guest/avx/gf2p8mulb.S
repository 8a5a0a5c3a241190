// mode: prot32 long64
// needs: gfni avx
// pitfall: 22
// manual: SDM vol. 2 GF2P8MULB: modulo x^8 + x^4 + x^3 + x + 1: 53h * CAh = 1 (FIPS 197 4.2)
// expect: xmm0.lo=0x0101010101010101 ymm0.hi=0x0101010101010101
  avx_on
  mov dword ptr [DATA], 0x53535353
  mov dword ptr [DATA + 4], 0xcacacaca
  vbroadcastss ymm1, [DATA]
  vbroadcastss ymm2, [DATA + 4]
  vgf2p8mulb ymm0, ymm1, ymm2
  hlt
