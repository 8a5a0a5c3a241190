// mode: prot32
// manual: SDM vol. 2 LEAVE: with a 16-bit stack SP is loaded from BP, and EBP is popped
// pitfall: 4
// expect: esp=0x55550004 ebp=0x12345678
  descriptor FREE_SELECTOR, FREE, 0xffff, 0x93, 0
  mov ecx, FREE_SELECTOR
  mov dword ptr [FREE], 0x12345678
  mov ss, cx
  mov esp, 0x55551234
  mov ebp, 0x77770000
  leave
  hlt
