// mode: prot32 long64
// manual: SDM vol. 3 4.8; vol. 2 CMP, TEST, BT: the operands are only read
// pitfall: 13
// expect: mem32[entry]=0x20/0x60
#if LMODE
  .equ entry, PT64 + (FREE >> 12) * 8
  .equ next_entry, PT64 + ((FREE >> 12) + 1) * 8
#else
  .equ entry, PT32 + (FREE >> 12) * 4
  .equ next_entry, PT32 + ((FREE >> 12) + 1) * 4
#endif
  paging_on
  page_clear FREE, 0x60
  cmp dword ptr [FREE], eax
  test dword ptr [FREE], eax
  bt dword ptr [FREE], 3
  hlt
