// mode: prot32 long64
// needs: amd
// pitfall: 5
// manual: SDM vol. 1 8.1.8: FNOP, FINCSTP, FFREE are not control instructions
// expect: mem32[data_page+12]=first mem16[data_page+18]=0x1d0/0x7ff mem32[data_page+44]=second mem16[data_page+50]=0x1f7/0x7ff mem32[data_page+76]=third mem16[data_page+82]=0x5c3/0x7ff
  fninit
first:
  fnop
  fnstenv [DATA]
second:
  fincstp
  fnstenv [DATA + 32]
third:
  ffree st(3)
  fnstenv [DATA + 64]
  hlt
