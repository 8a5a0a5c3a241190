// mode: prot32 long64
// manual: SDM vol. 3 3.4.5.1: the processor sets A when it loads the segment
// expect: mem8[gdt_base+0x65]=0x93
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x92, 0xc
  mov ecx, FREE_SELECTOR
  mov es, ecx
  hlt
