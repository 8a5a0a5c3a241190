// mode: long64
// manual: SDM vol. 2 2.2.1: a REX prefix that is not right before the opcode is ignored
// pitfall: 24
// init: rax=0x1111222233334444 rbx=0x5555666677778888
// expect: rax=0x1111222233338888
  .byte 0x48, 0x66, 0x89, 0xd8
  hlt
