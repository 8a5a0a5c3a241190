// mode: prot32
// manual: SDM vol. 3 5.3: every byte of an operand must lie within the limit
// pitfall: 1
// expect-fault: gp 0 at=fault
  descriptor FREE_SELECTOR, DATA, 0xff, 0x93, 0x4
  mov ecx, FREE_SELECTOR
  mov ds, cx
  mov eax, [0xfc]
fault:
  mov eax, [0xfd]
