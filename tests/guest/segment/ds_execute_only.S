// mode: prot32 long64
// manual: SDM vol. 2 MOV: #GP(selector) if neither data nor readable code
// pitfall: 1
// expect-fault: gp 0x60 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x99, 0xc
  mov ecx, FREE_SELECTOR
fault:
  mov ds, ecx
