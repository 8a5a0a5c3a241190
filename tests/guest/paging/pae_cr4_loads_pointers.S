// mode: prot32
// manual: SDM vol. 3 4.4.1: MOV to CR4 that changes PAE, PGE, PSE or SMEP loads the PDPTEs
// pitfall: 14
// expect: ebx=0x5a5a
  mov dword ptr [DATA], 0x5a5a
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov dword ptr [PDPT_PAE + 8], PD64 | 1
  set_bits cr4, 0x80
  mov ebx, [0x40000000 + DATA]
  hlt
