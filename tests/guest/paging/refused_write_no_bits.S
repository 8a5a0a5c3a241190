// mode: prot32 long64
// manual: SDM vol. 3 4.8: the flags are set by accesses that use the translation; a refused one leaves the entry alone
// pitfall: 13
// expect-fault: pf 3 at=fault cr2=free_area
// expect: mem32[entry]=0/0x60
#if LMODE
  .equ entry, PT64 + (FREE >> 12) * 8
  .equ next_entry, PT64 + ((FREE >> 12) + 1) * 8
#else
  .equ entry, PT32 + (FREE >> 12) * 4
  .equ next_entry, PT32 + ((FREE >> 12) + 1) * 4
#endif
  paging_on
  set_bits cr0, 0x10000
  page_clear FREE, 0x62
  nop
fault:
  mov dword ptr [FREE], eax
