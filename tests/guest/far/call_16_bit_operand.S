// mode: prot32
// manual: SDM vol. 2 CALL (far) with a 16-bit operand size: 16-bit words are pushed
// expect: esp=stack_top-4 mem16[stack_top-4]=back mem16[stack_top-2]=8
  .byte 0x66, 0x9a
  .word target
  .word CODE0_32
back:
  nop
target:
  hlt
