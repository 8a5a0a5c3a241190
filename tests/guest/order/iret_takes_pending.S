// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 6.8.1: IRET that sets IF lets a pending interrupt through before the next instruction
// expect-fault: 0x41 none at=after
  self_ipi 0x41
#if BITS == 64
  mov rax, rsp
  push DATA0
  push rax
  push 0x202
  push CODE0_64
  push offset after
#else
  push 0x202
  push CODE0_32
  push offset after
#endif
  iret_
after:
  nop
  hlt
