// mode: prot32 long64
// needs: avx2
// pitfall: 2
// manual: SDM vol. 2 MOVNTDQA: aligned to the vector's size
// expect-fault: gp 0 at=fault
  avx_on
  vmovntdqa ymm0, [DATA]
fault:
  vmovntdqa ymm0, [DATA + 16]
