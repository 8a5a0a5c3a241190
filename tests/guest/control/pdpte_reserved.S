// mode: prot32
// manual: SDM vol. 3 4.4.1: #GP(0) for a reserved bit in a present PDPTE
// pitfall: 14
// expect-fault: gp 0 at=fault
  or dword ptr [PDPT_PAE], 6
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  mov eax, cr0
  or eax, 0x80000000
fault:
  mov cr0, eax
