// mode: prot32
// manual: SDM vol. 2 JMP: #GP(0) if the target is beyond the code segment's limit
// pitfall: 1
// expect-fault: gp 0 at=fault
  descriptor FREE_SELECTOR, 0, 0xffff, 0x9b, 0x4
fault:
  .byte 0xea
  .long 0x10000
  .word FREE_SELECTOR
