// mode: real16 prot32 long64
// manual: SDM vol. 2 LOCK: #UD if the destination is not memory
// pitfall: 3
// expect-fault: ud at=fault
  nop
fault:
  .byte 0xf0, 0x01, 0xd8
