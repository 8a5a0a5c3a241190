// mode: real16 prot32 long64
// manual: SDM vol. 2 LODS: AL alone changes; REP leaves the last element
// pitfall: 26
// init: ax=0x7700
// expect: ax=0x7733 si=data_page+3
  mov word ptr [DATA], 0x2211
  mov byte ptr [DATA + 2], 0x33
  mov si_, DATA
  mov c_, 3
  rep lodsb
  hlt
