// mode: prot32 long64
// manual: SDM vol. 3 4.7: a write over two pages faults on the one that refuses, and changes neither
// pitfall: 27
// expect-fault: pf 3 at=fault cr2=free_area+0x1000
// expect: mem32[free_area+0xffe]=0x11223344
  paging_on
  set_bits cr0, 0x10000
  mov dword ptr [FREE + 0xffe], 0x11223344
  page_clear FREE + 0x1000, 2
  mov eax, 0x01010101
fault:
  lock add dword ptr [FREE + 0xffe], eax
