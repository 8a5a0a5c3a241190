// mode: prot32 long64
// manual: SDM vol. 3 6.5: a fetch fault in the second page leaves nothing done: the store's ModRM is there, its immediate not
// pitfall: 24
// expect-fault: pf CODE at=free_area+0xffa cr2=free_area+0x1000 mem32[data_page]=0
#if BITS == 64
  .equ CODE, 0x10
#else
  .equ CODE, 0
#endif
  mov dword ptr [FREE + 0xff8], 0x05c79090
  mov dword ptr [FREE + 0xffc], DATA
  paging_on
  page_clear FREE+0x1000, 1
  mov eax, FREE + 0xffa
  jmp a_
