// mode: prot32 long64
// manual: SDM vol. 3 4.8: an instruction fetch sets A
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
  mov byte ptr [FREE], 0xc3
  page_clear FREE, 0x60
  mov a_, offset FREE
  call a_
  hlt
