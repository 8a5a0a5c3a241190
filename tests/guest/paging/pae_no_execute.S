// mode: prot32
// manual: SDM vol. 3 4.6.1, 4.7: bit 63 with EFER.NXE: a fetch is #PF with I/D and P
// pitfall: 14
// expect-fault: pf 0x11 at=free_area cr2=free_area
  wrmsr_ 0xc0000080, 0x800
  mov byte ptr [FREE], 0xf4
  mov dword ptr [PT64 + (FREE >> 12) * 8 + 4], 0x80000000
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov eax, [FREE]
  mov eax, FREE
  jmp eax
