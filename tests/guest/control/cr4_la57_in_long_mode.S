// mode: long64
// needs: la57
// manual: SDM vol. 2 MOV CR: #GP(0) if LA57 is changed in IA-32e mode
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov rax, cr4
  bts rax, 12
fault:
  mov cr4, rax
