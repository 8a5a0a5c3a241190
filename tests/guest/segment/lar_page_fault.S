// mode: prot32 long64
// manual: SDM vol. 2 LAR: #PF if the descriptor is not mapped; ZF and the register stay
// pitfall: 10 9
// init: eax=0x77
// expect-fault: pf 0 at=fault cr2=free_area+0x1000 ebx=0x77 flags=zf
  mov ebx, eax
  mov esi, GDT
  mov edi, FREE
  mov ecx, 0x1000
  rep movsb
  lgdt [table]
  paging_on
  page_clear FREE+0x1000, 1
  mov ecx, 0x1000
  cmp ecx, ecx
fault:
  lar ebx, ecx
table:
  .word 0x1fff
#if LMODE
  .quad FREE
#else
  .long FREE
#endif
