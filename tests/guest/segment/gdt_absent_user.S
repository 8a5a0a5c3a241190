// mode: prot32 long64
// manual: SDM vol. 3 4.6: descriptor reads are supervisor accesses at any CPL; 4.7: U/S = 0 in the error code
// pitfall: 9
// expect-fault: pf 0 at=fault cr2=free_area+0x1028
  mov esi, GDT
  mov edi, FREE
  mov ecx, 0x1000
  rep movsb
  lgdt [table]
  paging_on
  page_clear FREE+0x1000, 1
  to_user user
table:
  .word 0x1fff
#if LMODE
  .quad FREE
#else
  .long FREE
#endif
  .section .user
user:
  mov ecx, 0x102b
fault:
  mov es, ecx
