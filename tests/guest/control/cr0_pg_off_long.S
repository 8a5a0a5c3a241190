// mode: long64
// manual: SDM vol. 2 MOV CR: #GP(0) if PG is cleared in 64-bit mode
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov rax, cr0
  btr rax, 31
fault:
  mov cr0, rax
