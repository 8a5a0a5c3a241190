// mode: prot32 compat32 long64
// needs: avx
// pitfall: 7
// manual: SDM vol. 1 14.9: VEX.128 clears bits 255:128 of its destination, legacy SSE leaves them
// expect: ymm0.lo=0 ymm0.hi=0 ymm1.lo=0xffffffffffffffff ymm1.hi=0xffffffffffffffff xmm1.lo=0
  avx_on
  vcmptrueps ymm0, ymm0, ymm0
  vcmptrueps ymm1, ymm1, ymm1
  vxorps xmm0, xmm0, xmm0
  xorps xmm1, xmm1
  hlt
