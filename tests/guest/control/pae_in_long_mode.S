// mode: long64
// manual: SDM vol. 2 MOV CR: #GP(0) if CR4.PAE is cleared in IA-32e mode
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov rax, cr4
  and rax, ~0x20
fault:
  mov cr4, rax
