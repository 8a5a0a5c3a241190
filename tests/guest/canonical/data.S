// mode: long64
// manual: SDM vol. 1 3.3.7.1: #GP(0)
// pitfall: 8
// expect-fault: gp 0 at=fault
  mov rbx, 0x800000000000
fault:
  mov rax, [rbx]
