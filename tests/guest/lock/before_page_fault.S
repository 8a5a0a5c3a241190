// mode: prot32 long64
// manual: SDM vol. 3 table 6-2: an invalid opcode is found before operands are looked at
// pitfall: 3
// expect-fault: ud at=fault
  paging_on
  page_clear FREE, 1
fault:
  .byte 0xf0
  mov eax, [FREE]
