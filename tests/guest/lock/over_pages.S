// mode: prot32 long64
// manual: SDM vol. 3 8.1.2.2: LOCK works on operands of any alignment, also where the pages' frames do not adjoin
// pitfall: 27
// expect: eax=0x11223344 mem16[free_area+0xffe]=0x3345 mem16[free_area+0x1000]=0 mem16[free_area+0x3000]=0x1122
  paging_on
#if LMODE
  mov dword ptr [PT64 + ((FREE + 0x1000) >> 12) * 8], (FREE + 0x3000) | 3
#else
  mov dword ptr [PT32 + ((FREE + 0x1000) >> 12) * 4], (FREE + 0x3000) | 3
#endif
  invlpg [FREE + 0x1000]
  mov dword ptr [FREE + 0xffe], 0x11223344
  mov eax, 1
  lock xadd dword ptr [FREE + 0xffe], eax
  hlt
