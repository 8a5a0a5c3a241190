// mode: prot32 long64
// manual: SDM vol. 2 UD: UD2 has no ModRM byte: nothing of the next page is fetched
// pitfall: 24
// expect-fault: ud at=free_area+0xffe
  mov word ptr [FREE + 0xffe], 0x0b0f
  paging_on
  page_clear FREE+0x1000, 1
  mov eax, FREE + 0xffe
  jmp a_
