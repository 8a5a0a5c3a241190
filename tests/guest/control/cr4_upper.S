// mode: long64
// manual: SDM vol. 2 MOV CR: #GP(0) for bits 63:32 of CR4
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov rax, cr4
  bts rax, 40
fault:
  mov cr4, rax
