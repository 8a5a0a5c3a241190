// mode: prot32
// manual: SDM vol. 2 JMP: with a 16-bit operand size the offset has 16 bits
// expect: eax=7
  .byte 0x66, 0xea
  .word target
  .word CODE0_32
target:
  mov eax, 7
  hlt
