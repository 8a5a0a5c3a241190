// mode: prot32
// manual: SDM vol. 3 5.3: with B = 0 an expand-down segment ends at FFFFH
// pitfall: 1
// expect-fault: gp 0 at=fault
  descriptor FREE_SELECTOR, DATA, 0xfff, 0x97, 0x0
  mov ecx, FREE_SELECTOR
  mov ds, cx
  mov al, [0xffff]
fault:
  mov al, [0x10000]
