// mode: prot32
// manual: SDM vol. 3 4.4.1: MOV to CR3 that finds a bad PDPTE loads neither CR3 nor the PDPTEs
// pitfall: 14
// expect: ebx=0x5a5a cr3=0x1a000 mem32[stack_top-12]=fault
  handler 13, refused
  mov dword ptr [DATA], 0x5a5a
  mov dword ptr [PDPT_PAE + 8], PD64 | 1
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov dword ptr [FREE], PD64 | 1
  mov dword ptr [FREE + 16], 3
  mov eax, FREE
fault:
  mov cr3, eax
refused:
  mov ebx, [0x40000000 + DATA]
  hlt
