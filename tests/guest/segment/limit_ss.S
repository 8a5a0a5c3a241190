// mode: prot32
// manual: SDM vol. 3 6.15 #SS: error code 0 for a limit violation
// pitfall: 1
// expect-fault: ss 0 at=fault
  descriptor FREE_SELECTOR, 0x6000, 0x1fff, 0x93, 0x4
  mov ecx, FREE_SELECTOR
  mov ss, cx
  mov esp, 0x1f00
fault:
  mov eax, ss:[0x2000]
