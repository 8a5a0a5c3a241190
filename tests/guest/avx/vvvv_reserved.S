// mode: prot32 long64
// needs: avx
// pitfall: 7
// manual: SDM vol. 2 2.3.8: VEX.vvvv must be 1111b where it names no register
// expect-fault: ud at=fault
  avx_on
  .byte 0xc5, 0xf8, 0x28, 0xc1  // VMOVAPS XMM0, XMM1
fault:
  .byte 0xc5, 0xf0, 0x28, 0xc1
