// mode: prot32
// manual: SDM vol. 2 RET imm16; vol. 1 6.2.3: with B = 0 only SP changes
// pitfall: 10 4
// expect: esp=0x12340006
  descriptor FREE_SELECTOR, 0x100000, 0xffff, 0x93, 0
  mov ecx, FREE_SELECTOR
  mov ss, cx
  mov esp, 0x1234fff6
  push offset target
  ret 0x10
target:
  hlt
