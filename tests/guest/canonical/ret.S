// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 RET, APM vol. 3 RET: #GP(0) at the RET if the return address is not canonical; RSP stays
// pitfall: 8
// expect-fault: gp 0 at=fault rsp=stack_top-8
  mov rax, 0x800000000000
  push rax
fault:
  ret
