// mode: compat32
// manual: SDM vol. 2 JMP: #GP(selector) if D and L are both set in IA-32e mode
// expect-fault: gp 0x60 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x9b, 0xe
fault:
  .byte 0xea
  .long 0
  .word FREE_SELECTOR
