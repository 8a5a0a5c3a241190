// mode: prot32 long64
// manual: SDM vol. 3 table 6-2: the instruction breakpoint comes before the page fault of the same fetch
// pitfall: 16
// expect-fault: db at=free_area dr6=1/0xf
  paging_on
  page_clear FREE, 1
  mov eax, FREE
  mov dr0, a_
  mov edx, 0x402
  mov dr7, d_
  jmp a_
