// mode: prot32
// manual: SDM vol. 3 4.8, 4.4.2: 64-bit entries under PAE; the PDPTEs have neither flag
// pitfall: 13 14
// expect: mem64[entry]=0x60/0x60 mem64[next_entry]=0x20/0x60 mem64[pointers]=1/0x61
  .equ entry, PT64 + (FREE >> 12) * 8
  .equ next_entry, PT64 + (FREE >> 12) * 8 + 8
  .equ pointers, PDPT_PAE
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov dword ptr [FREE], eax
  mov eax, dword ptr [FREE + 0x1000]
  hlt
