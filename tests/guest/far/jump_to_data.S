// mode: prot32 compat32
// manual: SDM vol. 2 JMP: #GP(selector) if the descriptor is no code segment, gate or TSS
// expect-fault: gp 0x18 at=fault
  nop
fault:
  .byte 0xea
  .long 0
  .word DATA0
