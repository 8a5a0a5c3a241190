// mode: prot32 long64
// manual: SDM vol. 2 MOVS, REP: a pattern of three bytes is spread over any length, page borders or not
// pitfall: 26
// expect: eax=0 mem32[free_area+0x2ffc]=0x62616362
  mov dword ptr [FREE + 0xffd], 0x636261
  mov esi, FREE + 0xffd
  mov edi, FREE + 0x1000
  mov ecx, 0x2000
  rep movsb
  mov esi, FREE + 0xffd
  mov edi, FREE + 0x1000
  mov ecx, 0x2000
  repe cmpsb
  setne al
  movzx eax, al
  hlt
