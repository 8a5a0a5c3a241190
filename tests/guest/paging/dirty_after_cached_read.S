// mode: prot32 long64
// manual: SDM vol. 3 4.8, 4.10.2.3: a translation that was cached for a read still has the first write set D
// pitfall: 13
// expect: mem32[entry]=0x60/0x60 eax=0x20
#if LMODE
  .equ entry, PT64 + (FREE >> 12) * 8
  .equ next_entry, PT64 + ((FREE >> 12) + 1) * 8
#else
  .equ entry, PT32 + (FREE >> 12) * 4
  .equ next_entry, PT32 + ((FREE >> 12) + 1) * 4
#endif
  paging_on
  page_clear FREE, 0x60
  mov eax, dword ptr [FREE]
  mov eax, dword ptr [entry]
  and eax, 0x60
  mov dword ptr [FREE], ecx
  hlt
