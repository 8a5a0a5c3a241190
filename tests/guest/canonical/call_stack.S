// mode: long64
// manual: SDM vol. 2 CALL: #SS(0) for a non-canonical stack
// pitfall: 8
// expect-fault: ss 0 at=fault rsp=0x800000000008
  mov rsp, 0x800000000008
fault:
  call fault
