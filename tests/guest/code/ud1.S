// mode: prot32 long64
// manual: SDM vol. 2 UD: UD1 has a ModRM byte and what it implies; the operand is not accessed
// pitfall: 24
// expect-fault: ud at=fault
  paging_on
  page_clear FREE, 1
fault:
  .byte 0x0f, 0xb9, 0x05
  .long FREE
