// mode: prot32
// manual: SDM vol. 3 4.4.1: reserved bits count in PDPTEs with P = 1 only
// pitfall: 14
// expect: eax=1
  mov dword ptr [PDPT_PAE + 8], -2
  mov dword ptr [PDPT_PAE + 12], -1
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov eax, 1
  hlt
