// mode: real16 prot32 long64
// manual: SDM vol. 2 MOVS: DF = 1 counts down
// pitfall: 26
// expect: mem32[data_page+8]=0x22221111 edi=data_page+6 esi=data_page-2 ecx=0
  mov dword ptr [DATA], 0x22221111
  mov esi, DATA + 2
  mov edi, DATA + 10
  mov ecx, 2
  std
  rep movsw
  hlt
