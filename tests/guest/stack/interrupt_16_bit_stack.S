// mode: prot32
// manual: SDM vol. 1 6.2.3, vol. 3 6.12.1: a 32-bit gate on a 16-bit stack: SP wraps, the upper half of ESP stays
// pitfall: 4
// expect-fault: 0x80 none at=after mem32[free_area+0xfffc]=after mem32[free_area]=8
  descriptor FREE_SELECTOR, FREE, 0xffff, 0x93, 0
  mov ecx, FREE_SELECTOR
  mov ss, cx
  mov esp, 0x55550008
  int 0x80
after:
  nop
