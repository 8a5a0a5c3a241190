// mode: prot32 long64
// manual: SDM vol. 3 4.8: a string sets D in the pages it wrote, not in one it faulted before
// pitfall: 26 13
// expect-fault: pf 3 at=fault
// expect: mem32[entry]=0x40/0x40 mem32[entry2]=0/0x40
#if BITS == 64
  .equ entry, PT64 + (FREE >> 12) * 8
  .equ entry2, PT64 + (FREE >> 12) * 8 + 8
#else
  .equ entry, PT32 + (FREE >> 12) * 4
  .equ entry2, PT32 + (FREE >> 12) * 4 + 4
#endif
  paging_on
  set_bits cr0, 0x10000
  page_clear FREE + 0x1000, 2
  mov edi, FREE + 0xff0
  mov ecx, 0x20
fault:
  rep stosb
