// mode: long64
// manual: SDM vol. 2 POP: #SS(0) if the stack address is not canonical; RSP stays
// pitfall: 8
// init: rax=0x77
// expect-fault: ss 0 at=fault rsp=0x8000000000000000 rax=0x77
  mov rsp, 0x8000000000000000
fault:
  pop rax
