// mode: prot32
// manual: SDM vol. 3 4.4.2, 4.1.4: a page table at 4 GB + 17000h, where no RAM is, is not the one at 17000h
// pitfall: 14
// expect: ebx=1
  handler 14, absent
  xor ebx, ebx
  mov dword ptr [PD64 + 8], PT64 | 3
  mov dword ptr [PD64 + 12], 1
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov eax, [0x200000 + DATA]
  hlt
absent:
  inc ebx
  hlt
