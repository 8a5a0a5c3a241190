// mode: prot32 long64
// manual: SDM vol. 2 MOV: #NP(selector)
// expect-fault: np 0x60 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x13, 0xc
  mov ecx, FREE_SELECTOR
fault:
  mov ds, ecx
