// mode: prot32 compat32
// manual: SDM vol. 2 JMP: #GP(selector) beyond the descriptor table
// pitfall: 9
// expect-fault: gp 0x1000 at=fault
  nop
fault:
  .byte 0xea
  .long 0
  .word 0x1000
