// mode: prot32 long64
// needs: avx
// pitfall: 2
// manual: SDM vol. 2 MOVAPS: VEX.256 wants 32 bytes
// expect-fault: gp 0 at=fault
  avx_on
  vmovaps ymm0, [DATA]
fault:
  vmovaps ymm0, [DATA + 16]
