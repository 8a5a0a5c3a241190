// mode: prot32
// manual: SDM vol. 1 6.2.3: B of the new SS counts from the next instruction on
// pitfall: 4
// expect: esp=0x1233fffe mem16[free_area+0xfffe]=0x4321
  descriptor FREE_SELECTOR, FREE, 0xffff, 0x93, 0
  mov ecx, FREE_SELECTOR
  mov esp, 0x12330000
  mov ss, cx
  pushw 0x4321
  hlt
