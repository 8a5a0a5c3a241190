// mode: long64
// manual: SDM vol. 2 INT n, vol. 3 6.13: EXT is set when an exception is delivered
// pitfall: 8 9
// expect-fault: ss 1 at=fault
  mov rsp, 0x800000000020
fault:
  ud2
