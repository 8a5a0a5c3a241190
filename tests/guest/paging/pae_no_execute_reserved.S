// mode: prot32
// manual: SDM vol. 3 4.4.2, 4.7: without EFER.NXE bit 63 is reserved: #PF with RSVD and P
// pitfall: 14
// expect-fault: pf 9 at=fault cr2=free_area
  mov dword ptr [PT64 + (FREE >> 12) * 8 + 4], 0x80000000
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
fault:
  mov eax, [FREE]
