// mode: long64
// manual: SDM vol. 1 3.3.7.1: with an FS prefix a reference through RBP is none to the stack: #GP(0)
// pitfall: 8
// expect-fault: gp 0 at=fault
  mov rbp, 0x800000000000
fault:
  mov rax, fs:[rbp + 8]
