// mode: prot32
// manual: SDM vol. 3 4.4.2, 4.1.4: entries have addresses of MAXPHYADDR bits: a page at 4 GB + 5000h is not the one at 5000h
// pitfall: 14
// expect: mem32[data_page]=0x5a5a
  mov dword ptr [DATA], 0x5a5a
  mov dword ptr [PT64 + (FREE >> 12) * 8], DATA | 3
  mov dword ptr [PT64 + (FREE >> 12) * 8 + 4], 1
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov dword ptr [FREE], 0x77
  mov eax, [FREE]
  hlt
