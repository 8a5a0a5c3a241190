// mode: long64
// manual: SDM vol. 2 IRET: #GP(0) for a NULL SS when the return is not to 64-bit mode
// pitfall: 9
// expect-fault: gp 0 at=fault
  push 0
  push STACK
  push 2
  push CODE0_32
  push offset start
fault:
  iretq
