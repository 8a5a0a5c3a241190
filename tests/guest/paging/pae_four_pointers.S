// mode: prot32
// manual: SDM vol. 3 4.4.2: bits 31:30 of the linear address select the PDPTE register
// pitfall: 14
// expect: eax=0x5a5a ebx=0x5a5a ecx=0x5a5a
  mov dword ptr [DATA], 0x5a5a
  mov dword ptr [PDPT_PAE + 8], PD64 | 1
  mov dword ptr [PDPT_PAE + 16], PD64 | 1
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov eax, [DATA]
  mov ebx, [0x40000000 + DATA]
  mov ecx, [0x80000000 + DATA]
  hlt
