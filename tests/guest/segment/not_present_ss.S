// mode: prot32 long64
// manual: SDM vol. 2 MOV: #SS(selector) if SS is marked not present
// expect-fault: ss 0x60 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x13, 0xc
  mov ecx, FREE_SELECTOR
fault:
  mov ss, ecx
