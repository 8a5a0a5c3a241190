// mode: real16
// manual: SDM vol. 2 JMP: #GP in real-address mode if a 32-bit offset is beyond the limit
// pitfall: 1
// expect-fault: gp none at=fault
  nop
fault:
  .byte 0x66, 0xea
  .long 0x10000
  .word 0
