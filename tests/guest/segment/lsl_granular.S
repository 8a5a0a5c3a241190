// mode: prot32 long64
// manual: SDM vol. 2 LSL: the limit in bytes
// expect: eax=0x12fff flags=zf
  descriptor FREE_SELECTOR, 0, 0x12, 0x93, 0xc
  mov ecx, FREE_SELECTOR
  lsl eax, ecx
  hlt
