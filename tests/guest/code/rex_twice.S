// mode: long64
// manual: SDM vol. 2 2.2.1: of two REX prefixes the last counts
// pitfall: 24
// init: rax=-1 rbx=0x12345678
// expect: rax=0x12345678
  .byte 0x48, 0x40, 0x89, 0xd8
  hlt
