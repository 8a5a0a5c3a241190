// mode: prot32
// manual: SDM vol. 3 4.6.1: XD in the page-directory entry covers the whole table
// pitfall: 14
// expect-fault: pf 0x11 at=0x200000
  wrmsr_ 0xc0000080, 0x800
  mov dword ptr [PD64 + 8], PT64 | 3
  mov dword ptr [PD64 + 12], 0x80000000
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov eax, 0x200000
  jmp eax
