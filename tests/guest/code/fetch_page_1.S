// mode: prot32 long64
// manual: SDM vol. 3 4.7: the last instruction of a page runs although the next page is absent
// pitfall: 24
// expect-fault: pf CODE rip=free_area+0x1000 cr2=free_area+0x1000 ebx=1
#if BITS == 64
  .equ CODE, 0x10
#else
  .equ CODE, 0
#endif
  mov word ptr [FREE + 0xffe], 0xc3ff
  paging_on
  page_clear FREE+0x1000, 1
  mov eax, FREE + 0xffe
  jmp a_
