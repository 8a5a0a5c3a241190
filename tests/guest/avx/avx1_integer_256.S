// mode: prot32 long64
// needs: avx
// pitfall: 7
// manual: SDM vol. 2 PEXTRW: VEX.W and L: L must be 0
// expect-fault: ud at=fault
  avx_on
fault:
  .byte 0xc5, 0xfd, 0xc5, 0xc0, 0  // VPEXTRW EAX, YMM0, 0
