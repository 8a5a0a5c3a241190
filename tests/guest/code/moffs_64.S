// mode: long64
// manual: SDM vol. 2 MOV: moffs has 64 bits in 64-bit mode, 32 with 67H
// pitfall: 24
// expect: al=0x77 rip=end
  mov byte ptr [DATA], 0x77
  .byte 0xa0
  .quad DATA
  .byte 0x67, 0xa0
  .long DATA
  hlt
end:
