// mode: long64
// manual: SDM vol. 1 3.3.7.1: #SS(0) for references through RSP
// pitfall: 8
// expect-fault: ss 0 at=fault rsp=0x800000000100
  mov rsp, 0x800000000100
fault:
  push rax
