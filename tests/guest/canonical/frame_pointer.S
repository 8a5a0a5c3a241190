// mode: long64
// manual: SDM vol. 1 3.3.7.1: #SS(0) for references through RBP
// pitfall: 8
// expect-fault: ss 0 at=fault
  mov rbp, 0x800000000000
fault:
  mov rax, [rbp + 8]
