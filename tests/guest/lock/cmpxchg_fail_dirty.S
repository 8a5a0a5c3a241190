// mode: prot32 long64
// manual: SDM vol. 2 CMPXCHG: a write cycle whatever the result; vol. 3 4.8: a write sets the dirty flag
// pitfall: 27 13
// expect: flags=!zf mem32[free_area]=0 mem32[entry]=0x60/0x60
#if LMODE
  .equ entry, PT64 + (FREE >> 12) * 8
#else
  .equ entry, PT32 + (FREE >> 12) * 4
#endif
  paging_on
  page_clear FREE, 0x60
  mov eax, 6
  cmpxchg dword ptr [FREE], ecx
  hlt
