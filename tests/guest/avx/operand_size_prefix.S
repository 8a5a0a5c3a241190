// mode: prot32 long64
// needs: avx
// pitfall: 7
// manual: SDM vol. 2 2.3.2: 66, F2, F3, LOCK and REX before VEX are #UD
// expect-fault: ud at=fault
  avx_on
fault:
  .byte 0x66, 0xc5, 0xf8, 0x58, 0xc0
