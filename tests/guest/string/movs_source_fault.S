// mode: prot32 long64
// manual: SDM vol. 2 REP: at a fault of the source nothing of that iteration is written
// pitfall: 26
// expect-fault: pf 0 at=fault cr2=free_area+0x1000
// expect: ecx=3 esi=free_area+0x1000 edi=data_page+8 mem32[data_page+8]=0x5a5a5a5a
  paging_on
  page_clear FREE + 0x1000, 1
  mov dword ptr [DATA + 8], 0x5a5a5a5a
  mov esi, FREE + 0xff8
  mov edi, DATA
  mov ecx, 5
fault:
  rep movsd
