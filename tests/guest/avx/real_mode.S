// mode: real16
// needs: avx
// pitfall: 7
// manual: SDM vol. 2 2.3.5: no VEX in real-address mode: C5 is LDS, and that with a register is #UD
// expect-fault: ud at=fault
  avx_on
fault:
  .byte 0xc5, 0xf8, 0x58, 0xc0
