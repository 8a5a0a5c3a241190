// mode: long64
// manual: SDM vol. 2 2.2.1.2: REX.W takes precedence over 66H
// pitfall: 24
// init: rax=0 rbx=0x123456789abcdef0
// expect: rax=0x123456789abcdef0
  .byte 0x66, 0x48, 0x89, 0xd8
  hlt
