// mode: compat32
// manual: SDM vol. 3 2.2.4 and vol. 2 JMP: L of the new CS selects 64-bit mode
// expect: rax=0x100000000 cs=0x10
  .byte 0xea
  .long target
  .word CODE0_64
target:
  .byte 0x48, 0xb8
  .quad 0x100000000
  hlt
