// mode: real16 prot32 long64
// manual: SDM vol. 2 REPE CMPS: ends after the first unequal pair; flags of source 1 - source 2
// pitfall: 26
// expect: ecx=2 esi=data_page+2 edi=data_page+10 flags=!zf,cf
  mov dword ptr [DATA], 0x04030201
  mov dword ptr [DATA + 8], 0x04030901
  mov esi, DATA
  mov edi, DATA + 8
  mov ecx, 4
  repe cmpsb
  hlt
