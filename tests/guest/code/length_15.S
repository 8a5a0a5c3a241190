// mode: real16 prot32 long64
// manual: SDM vol. 2 2.3.11: 15 bytes are the longest instruction, and good
// pitfall: 24
// expect: bx=1
  .fill 13, 1, 0x2e
  .byte 0xff, 0xc3
  hlt
