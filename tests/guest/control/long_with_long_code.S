// mode: prot32
// manual: SDM vol. 2 MOV CR: #GP(0) if PG is set with LME = 1 while CS.L = 1
// pitfall: 18
// expect-fault: gp 0 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x9b, 0xe
  jmp_far FREE_SELECTOR, next
next:
  set_bits cr4, 0x20
  wrmsr_ 0xc0000080, 0x100
  mov eax, PML4
  mov cr3, eax
  mov eax, cr0
  bts eax, 31
fault:
  mov cr0, eax
