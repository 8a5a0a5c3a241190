// mode: prot32 long64
// manual: SDM vol. 2 LLDT: #NP(selector)
// expect-fault: np 0x60 at=fault
  descriptor FREE_SELECTOR, DATA, 0xf, 0x02, 0
  mov ecx, FREE_SELECTOR
fault:
  lldt cx
