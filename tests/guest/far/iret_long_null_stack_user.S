// mode: long64
// manual: SDM vol. 2 IRET: #GP(0) for a NULL SS at level 3
// pitfall: 9
// expect-fault: gp 0 at=fault
  push 3
  push USER_STACK
  push 2
  push CODE3_64
  push offset start
fault:
  iretq
