// mode: long64
// manual: SDM vol. 3 table 6-2, 6.15 #GP: only what is longer than 15 bytes is #GP; the host itself: #UD with 15
// pitfall: 24
// expect-fault: ud at=fault
fault:
  .fill 14, 1, 0x66
  .byte 0x06
