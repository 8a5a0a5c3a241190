// mode: prot32
// manual: SDM vol. 3 4.4.1: MOV to CR4 that loads a bad PDPTE is #GP(0) and changes nothing
// pitfall: 14
// expect-fault: gp 0 at=fault cr4=0/0x80
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov dword ptr [PDPT_PAE + 8], PD64 | 3
  mov eax, cr4
  or eax, 0x80
fault:
  mov cr4, eax
