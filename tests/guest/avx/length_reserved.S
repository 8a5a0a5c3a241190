// mode: prot32 long64
// needs: avx
// pitfall: 7
// manual: SDM vol. 2 MOVD: VEX.L must be 0
// expect-fault: ud at=fault
  avx_on
  .byte 0xc5, 0xf9, 0x6e, 0xc0  // VMOVD XMM0, EAX
fault:
  .byte 0xc5, 0xfd, 0x6e, 0xc0
