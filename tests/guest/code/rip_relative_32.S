// mode: long64
// manual: SDM vol. 2 2.2.1.6: RIP-relative addresses with an address size of 32 are truncated
// pitfall: 24
// expect: eax=0x77
  .byte 0x67
  movzx eax, byte ptr [rip + value]
  hlt
value:
  .byte 0x77
