// mode: prot32
// manual: SDM vol. 3 4.4.1: the PDPTEs are registers: a change in memory counts from the next load of CR3 on, INVLPG or not
// pitfall: 14
// expect-fault: pf 0 at=fault cr2=0x40005000 ebx=0x5a5a
  mov dword ptr [DATA], 0x5a5a
  mov dword ptr [PDPT_PAE + 8], PD64 | 1
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov dword ptr [PDPT_PAE + 8], 0
  invlpg [0x40000000 + DATA]
  mov ebx, [0x40000000 + DATA]
  mov eax, cr3
  mov cr3, eax
fault:
  mov ebx, [0x40000000 + DATA]
