// mode: prot32 long64 compat32
// manual: SDM vol. 2 2.2.1: 40H to 4FH are INC and DEC outside 64-bit mode, REX prefixes in it
// init: eax=1 ebx=5
// expect[prot32 compat32]: eax=5
// expect[long64]: eax=5 rbx=5
  .byte 0x40
  .byte 0x89, 0xd8
  hlt
