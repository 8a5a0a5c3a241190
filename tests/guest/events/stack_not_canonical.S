// mode: long64
// manual: SDM vol. 2 INT n: #SS(EXT) if RSP is not canonical and the stack is not switched
// pitfall: 8 9
// expect-fault: ss 0 at=fault rsp=0x800000000040
  mov rsp, 0x800000000040
fault:
  int 0x90
