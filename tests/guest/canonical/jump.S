// mode: long64
// manual: SDM vol. 2 JMP: #GP(0) if the target is not canonical
// pitfall: 8
// expect-fault: gp 0 at=fault
  mov rax, 0x800000000000
fault:
  jmp rax
