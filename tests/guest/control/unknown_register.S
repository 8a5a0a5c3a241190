// mode: prot32 long64
// manual: SDM vol. 2 MOV CR: #UD for CR1, CR5 to CR7 and CR9 on
// expect-fault: ud at=fault
  nop
fault:
  .byte 0x0f, 0x20, 0xe8
