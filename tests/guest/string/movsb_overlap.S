// mode: real16 prot32 long64
// manual: SDM vol. 2 MOVS, REP: one element at a time
// pitfall: 26
// expect: mem32[data_page]=0x11111111 mem8[data_page+4]=0x11 ecx=0
  mov byte ptr [DATA], 0x11
  mov esi, DATA
  mov edi, DATA + 1
  mov ecx, 4
  rep movsb
  hlt
