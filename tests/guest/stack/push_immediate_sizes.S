// mode: long64
// manual: SDM vol. 2 PUSH: in 64-bit mode 64 bits, or 16 with an operand-size prefix; never 32
// expect: rsp=stack_top-10 mem64[stack_top-8]=0xffffffffffffff80 mem16[stack_top-10]=0xff80
  push -128
  .byte 0x66, 0x6a, 0x80
  hlt
