// mode: prot32
// manual: SDM vol. 2 POP: an address based on ESP is computed after the increment
// expect: mem32[stack_top]=0x1111 esp=stack_top
  push 0x1111
  pop dword ptr [esp]
  hlt
