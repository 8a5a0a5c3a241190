// mode: prot32
// manual: SDM vol. 3 5.3: with B = 0 the last byte of an operand must lie at or below FFFFH
// pitfall: 1
// expect-fault: gp 0 at=fault
  descriptor FREE_SELECTOR, 0, 0xfff, 0x97, 0x0
  mov ecx, FREE_SELECTOR
  mov ds, cx
  mov ax, [0xfffe]
fault:
  mov ax, [0xffff]
