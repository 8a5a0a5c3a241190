// mode: prot32
// manual: SDM vol. 2 PUSHAD on a 16-bit stack: addresses wrap at 64 KB, the upper half of ESP stays
// pitfall: 4
// init: eax=0x11 edi=0x77
// expect: esp=0x5555fff0 mem32[free_area+0xc]=0x11 mem32[free_area+0xfff0]=0x77 mem32[free_area+0xfffc]=0x55550010
  descriptor FREE_SELECTOR, FREE, 0xffff, 0x93, 0
  mov ecx, FREE_SELECTOR
  mov ss, cx
  mov esp, 0x55550010
  pusha
  hlt
