// mode: prot32 long64
// needs: avx
// pitfall: 22
// manual: SDM vol. 2 VZEROALL
// expect: xmm0.lo=0 ymm0.lo=0 xmm7.hi=0 ymm7.hi=0
  avx_on
  vcmptrueps ymm0, ymm0, ymm0
  vmovaps ymm7, ymm0
  vzeroall
  hlt
