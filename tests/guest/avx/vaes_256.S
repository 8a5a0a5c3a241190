// mode: prot32 long64
// needs: vaes
// pitfall: 22
// manual: SDM vol. 2 VAESENC: each 128-bit lane for itself: with a zero state every byte is 63h before the round key
// expect: xmm0.lo=0x6363636363636363 ymm0.hi=0x9c9c9c9c9c9c9c9c ymm0.lo=0x9c9c9c9c9c9c9c9c
  avx_on
  vxorps ymm1, ymm1, ymm1
  vpcmpeqd xmm2, xmm2, xmm2
  vinsertf128 ymm2, ymm1, xmm2, 1
  vaesenc ymm0, ymm1, ymm2
  hlt
