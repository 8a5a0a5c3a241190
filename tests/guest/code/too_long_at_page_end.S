// mode: prot32 long64
// manual: SDM vol. 3 table 6-2: a fault of fetching the bytes that are needed comes before #GP of the length
// pitfall: 24
// expect-fault: pf CODE at=free_area+0xff5 cr2=free_area+0x1000
#if BITS == 64
  .equ CODE, 0x10
#else
  .equ CODE, 0
#endif
  mov edi, FREE + 0xff5
  mov ecx, 11
  mov al, 0x66
  rep stosb
  paging_on
  page_clear FREE+0x1000, 1
  mov eax, FREE + 0xff5
  jmp a_
