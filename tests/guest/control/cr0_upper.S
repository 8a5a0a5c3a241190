// mode: long64
// manual: SDM vol. 2 MOV CR: #GP(0) for bits 63:32 of CR0
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov rax, cr0
  bts rax, 32
fault:
  mov cr0, rax
