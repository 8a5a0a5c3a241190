// mode: prot32 long64
// manual: SDM vol. 3 4.7: the access that XCHG makes is a write; nothing was read or written
// pitfall: 27
// init: eax=0x1234
// expect-fault: pf 2 at=fault cr2=free_area
// expect: bx=0x5678
  paging_on
  page_clear FREE, 1
  mov ebx, 0x5678
fault:
  xchg dword ptr [FREE], ebx
