// mode: prot32
// manual: SDM vol. 3 5.3: an expand-down segment with the highest limit has no valid offset
// pitfall: 1
// expect-fault: gp 0 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x97, 0xc
  mov ecx, FREE_SELECTOR
  mov ds, cx
fault:
  mov al, [0xffffffff]
