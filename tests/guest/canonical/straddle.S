// mode: long64
// manual: SDM vol. 1 3.3.7.1: every byte of an operand must have a canonical address
// pitfall: 8
// expect-fault: gp 0 at=fault
  mov rbx, 0x7ffffffffffc
fault:
  mov rax, [rbx]
