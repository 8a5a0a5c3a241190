// mode: prot32 long64
// manual: SDM vol. 2 CMPXCHG8B: the destination receives a write cycle whatever the result
// pitfall: 27
// expect-fault: pf 3 at=fault cr2=free_area
  paging_on
  set_bits cr0, 0x10000
  page_clear FREE, 2
  mov eax, 6
  nop
fault:
  cmpxchg8b qword ptr [FREE]
