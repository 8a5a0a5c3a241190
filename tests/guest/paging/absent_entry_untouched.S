// mode: prot32 long64
// manual: SDM vol. 3 4.8: only entries that are present are marked
// pitfall: 13
// expect-fault: pf 2 at=fault cr2=free_area
// expect: mem32[entry]=0x12345f9a
#if LMODE
  .equ entry, PT64 + (FREE >> 12) * 8
  .equ next_entry, PT64 + ((FREE >> 12) + 1) * 8
#else
  .equ entry, PT32 + (FREE >> 12) * 4
  .equ next_entry, PT32 + ((FREE >> 12) + 1) * 4
#endif
  paging_on
  mov dword ptr [entry], 0x12345f9a
  invlpg [FREE]
fault:
  mov dword ptr [FREE], eax
