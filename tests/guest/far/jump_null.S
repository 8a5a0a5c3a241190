// mode: prot32 compat32
// manual: SDM vol. 2 JMP: #GP(0) for a NULL selector
// expect-fault: gp 0 at=fault
  nop
fault:
  .byte 0xea
  .long 0
  .word 0
