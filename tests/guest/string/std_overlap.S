// mode: prot32 long64
// manual: SDM vol. 2 MOVS, REP: downwards a block moves up over itself unharmed
// pitfall: 26
// expect: mem64[free_area+2]=0x8877665544332211
  put64 FREE, 0x44332211, 0x88776655
  mov esi, FREE + 7
  mov edi, FREE + 9
  mov ecx, 8
  std
  rep movsb
  hlt
