// mode: long64
// manual: SDM vol. 2 CALL: #GP(0) if the target is not canonical; RSP stays
// pitfall: 8
// expect-fault: gp 0 at=fault rsp=stack_top
  mov rax, 0x800000000000
fault:
  call rax
