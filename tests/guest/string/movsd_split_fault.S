// mode: prot32 long64
// manual: SDM vol. 2 REP: an element over the end of the last page is not written at all
// pitfall: 26
// expect-fault: pf 2 at=fault cr2=free_area+0x1000
// expect: ecx=1 edi=free_area+0xffe mem16[free_area+0xffe]=0x7777 mem32[free_area+0xffa]=0x11223344
  paging_on
  page_clear FREE + 0x1000, 1
  mov word ptr [FREE + 0xffe], 0x7777
  mov eax, 0x11223344
  mov edi, FREE + 0xffa
  mov ecx, 2
fault:
  rep stosd
