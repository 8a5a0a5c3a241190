// mode: prot32 long64
// cpu: Haswell
// manual: SDM vol. 2 UD: UD1's ModRM and displacement are fetched first: #PF if they lie on an absent page
// pitfall: 24
// expect-fault: pf CODE at=free_area+0xffc cr2=free_area+0x1000
#if BITS == 64
  .equ CODE, 0x10
#else
  .equ CODE, 0
#endif
  mov dword ptr [FREE + 0xffc], 0x0005b90f
  paging_on
  page_clear FREE+0x1000, 1
  mov eax, FREE + 0xffc
  jmp a_
