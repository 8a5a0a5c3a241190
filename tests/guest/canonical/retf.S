// mode: long64
// manual: SDM vol. 2 RET (far): #GP(0) if the return address is not canonical
// pitfall: 8 9
// expect-fault: gp 0 at=fault rsp=stack_top-16
  push CODE0_64
  mov rax, 0x800000000000
  push rax
fault:
  retfq
