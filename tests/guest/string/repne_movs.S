// mode: real16 prot32 long64
// manual: the host itself: F2 repeats MOVS, STOS, LODS as F3 does (SDM vol. 2 REP has F3 only)
// pitfall: 26
// init: cx=3 di=data_page al=0x44
// expect: cx=0 mem32[data_page]=0x444444
  .byte 0xf2
  stosb
  hlt
