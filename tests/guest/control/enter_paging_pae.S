// mode: prot32
// manual: SDM vol. 3 4.4.1: PAE loads the PDPTEs when paging is enabled
// pitfall: 14
// expect: eax=0x5a5a
  mov dword ptr [FREE], 0x5a5a
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov eax, [FREE]
  hlt
