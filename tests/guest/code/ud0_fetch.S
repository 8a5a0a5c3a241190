// mode: prot32 long64
// cpu: Haswell
// manual: SDM vol. 2 UD: UD0 has a ModRM byte: #PF if it lies on an absent page
// pitfall: 24
// expect-fault: pf CODE at=free_area+0xffe cr2=free_area+0x1000
#if BITS == 64
  .equ CODE, 0x10
#else
  .equ CODE, 0
#endif
  mov word ptr [FREE + 0xffe], 0xff0f
  paging_on
  page_clear FREE+0x1000, 1
  mov eax, FREE + 0xffe
  jmp a_
