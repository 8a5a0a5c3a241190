// mode: prot32
// manual: SDM vol. 3 4.4.1: MOV to CR4 that changes other bits (here TSD and DE) does not load the PDPTEs
// pitfall: 14
// expect-fault: pf 0 at=fault
  set_bits cr4, 0x20
  mov eax, PDPT_PAE
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov dword ptr [PDPT_PAE + 8], PD64 | 1
  set_bits cr4, 0xc
fault:
  mov ebx, [0x40000000 + DATA]
