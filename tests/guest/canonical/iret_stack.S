// mode: long64
// manual: SDM vol. 2 IRET: #SS(0) for a non-canonical stack
// pitfall: 8 9
// expect-fault: ss 0 at=fault
  mov rsp, 0x800000000000
fault:
  iretq
