// mode: prot32
// manual: SDM vol. 3 3.4.5: with G the low 12 bits of an offset are not tested
// pitfall: 1
// expect-fault: gp 0 at=fault al=0x42
  mov byte ptr [DATA + 0xfff], 0x42
  descriptor FREE_SELECTOR, DATA, 0, 0x93, 0xc
  mov ecx, FREE_SELECTOR
  mov ds, cx
  mov al, [0xfff]
fault:
  mov al, [0x1000]
