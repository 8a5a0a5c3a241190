// mode: prot32
// manual: SDM vol. 3 4.4.1: MOV to CR0 that changes CD, NW or PG loads the PDPTEs
// pitfall: 14
// expect: ebx=0x5a5a
  mov dword ptr [DATA], 0x5a5a
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov dword ptr [PDPT_PAE + 8], PD64 | 1
  mov eax, cr0
  xor eax, 0x40000000
  mov cr0, eax
  mov ebx, [0x40000000 + DATA]
  hlt
