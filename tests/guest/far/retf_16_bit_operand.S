// mode: prot32
// manual: SDM vol. 2 RET (far) with a 16-bit operand size
// expect: esp=stack_top eax=7
  pushw CODE0_32
  pushw offset target
  .byte 0x66, 0xcb
target:
  mov eax, 7
  hlt
