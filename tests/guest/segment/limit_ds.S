// mode: prot32
// manual: SDM vol. 3 5.3: #GP(0) for an offset beyond the limit, except in SS
// pitfall: 1
// expect-fault: gp 0 at=fault al=0
  descriptor FREE_SELECTOR, DATA, 0xff, 0x93, 0x4
  mov ecx, FREE_SELECTOR
  mov ds, cx
  mov al, [0xff]
fault:
  mov al, [0x100]
