// mode: long64
// cpu: max,phys-bits=40
// manual: SDM vol. 2 MOV CR: #GP(0) for bits of CR3 above the physical address width
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov rax, cr3
  bts rax, 40
fault:
  mov cr3, rax
