// mode: prot32 long64
// manual: SDM vol. 3 4.8: a read sets A, never D
// pitfall: 13
// expect: mem32[entry]=0x20/0x60 mem32[next_entry]=0x20/0x60
#if LMODE
  .equ entry, PT64 + (FREE >> 12) * 8
  .equ next_entry, PT64 + ((FREE >> 12) + 1) * 8
#else
  .equ entry, PT32 + (FREE >> 12) * 4
  .equ next_entry, PT32 + ((FREE >> 12) + 1) * 4
#endif
  paging_on
  page_clear FREE, 0x60
  page_clear FREE + 0x1000, 0x60
  mov eax, dword ptr [FREE + 0xffd]
  hlt
