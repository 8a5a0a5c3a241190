// mode: long64
// needs: fsgsbase
// manual: SDM vol. 2 RDFSBASE: the operand has 32 bits, or 64 with REX.W: 66 changes nothing
// init: rax=-1 rbx=0x1122334455667788
// expect: rax=0x55667788
  set_bits cr4, 0x10000
  .byte 0x66, 0xf3, 0x0f, 0xae, 0xd3   # WRFSBASE EBX
  .byte 0x66, 0xf3, 0x0f, 0xae, 0xc0   # RDFSBASE EAX
  hlt
