// mode: prot32
// manual: SDM vol. 2 POP: #SS(0) beyond the stack segment's limit
// pitfall: 1
// init: ebx=0x77
// expect-fault: ss 0 at=fault esp=0xffe ebx=0x77
  descriptor FREE_SELECTOR, 0x6000, 0xfff, 0x93, 0x4
  mov ecx, FREE_SELECTOR
  mov ss, cx
  mov esp, 0xffe
fault:
  pop ebx
