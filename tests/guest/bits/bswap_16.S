// mode: prot32 long64
// manual: SDM vol. 2 BSWAP: undefined for 16 bits; the host itself: zeros
// pitfall: 24
// init: ecx=0x11223344
// expect: ecx=0x11220000
  .byte 0x66, 0x0f, 0xc9
  hlt
