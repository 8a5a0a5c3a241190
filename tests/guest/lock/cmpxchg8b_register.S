// mode: prot32 long64
// manual: SDM vol. 2 CMPXCHG8B: #UD if the destination is not memory
// expect-fault: ud at=fault
  nop
fault:
  .byte 0x0f, 0xc7, 0xc9
