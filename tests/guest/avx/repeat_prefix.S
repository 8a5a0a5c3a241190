// mode: prot32 long64
// needs: avx
// pitfall: 7
// manual: SDM vol. 2 2.3.2: F3 before VEX is #UD
// expect-fault: ud at=fault
  avx_on
fault:
  .byte 0xf3, 0xc5, 0xf8, 0x58, 0xc0
