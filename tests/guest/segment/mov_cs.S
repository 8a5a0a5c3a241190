// mode: real16 prot32 long64
// manual: SDM vol. 2 MOV: #UD if the destination is CS
// expect-fault: ud at=fault
fault:
  .byte 0x8e, 0xc8
