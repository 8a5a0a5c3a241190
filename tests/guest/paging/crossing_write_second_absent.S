// mode: prot32 long64
// manual: SDM vol. 3 4.8: D marks pages that were written; vol. 3 6.5: a faulting instruction changes nothing
// pitfall: 13
// expect-fault: pf 2 at=fault cr2=free_area+0x1000
// expect: mem32[entry]=0/0x40 mem16[free_area+0xffe]=0x5555
#if LMODE
  .equ entry, PT64 + (FREE >> 12) * 8
  .equ next_entry, PT64 + ((FREE >> 12) + 1) * 8
#else
  .equ entry, PT32 + (FREE >> 12) * 4
  .equ next_entry, PT32 + ((FREE >> 12) + 1) * 4
#endif
  paging_on
  mov word ptr [FREE + 0xffe], 0x5555
  page_clear FREE, 0x60
  page_clear FREE + 0x1000, 1
  mov eax, -1
fault:
  mov dword ptr [FREE + 0xffe], eax
