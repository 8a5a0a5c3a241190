// mode: long64
// needs: avx
// pitfall: 22
// manual: SDM vol. 2 VZEROUPPER, VZEROALL: sixteen registers in 64-bit mode
// expect: xmm15.lo=0xffffffffffffffff ymm15.lo=0 xmm0.lo=0xffffffffffffffff ymm0.hi=0
  avx_on
  vcmptrueps ymm0, ymm0, ymm0
  vmovaps ymm15, ymm0
  vzeroupper
  hlt
