// mode: long64
// manual: SDM vol. 2 REP, vol. 1 3.3.7: with 67 ECX, ESI, EDI count and come out with 32 bits
// pitfall: 26
// init: rcx=0x700000002 rsi=0x900005000 rdi=0x800005100
// expect: rcx=0 rsi=0x5002 rdi=0x5102
  .byte 0x67
  rep movsb
  hlt
