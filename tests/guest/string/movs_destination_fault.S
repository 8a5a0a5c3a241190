// mode: prot32 long64
// manual: SDM vol. 2 REP: at a fault of the destination the counts are those of the iterations done
// pitfall: 26
// expect-fault: pf 2 at=fault cr2=free_area+0x1000
// expect: ecx=5 esi=data_page+3 edi=free_area+0x1000 mem32[free_area+0xffc]=0x33221100
  paging_on
  page_clear FREE + 0x1000, 1
  mov dword ptr [DATA], 0x44332211
  mov byte ptr [FREE + 0xffc], 0
  mov esi, DATA
  mov edi, FREE + 0xffd
  mov ecx, 8
fault:
  rep movsb
