// mode: prot32
// manual: SDM vol. 2 JMP, CALL: with a 16-bit operand size EIP is truncated to 16 bits
// pitfall: 24
// expect: ebx=1
  mov word ptr [0], 0xf443
  .byte 0x66, 0xe9
  .word 0x8000 - (1f - start)
1:
  hlt
