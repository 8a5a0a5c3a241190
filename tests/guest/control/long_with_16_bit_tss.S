// mode: prot32
// manual: SDM vol. 2 MOV CR: #GP(0) if IA-32e mode is activated while TR has a 16-bit TSS
// pitfall: 18 11
// expect-fault: gp 0 at=fault
  tss_again 0x68, 0x67, 0x81
  set_bits cr4, 0x20
  wrmsr_ 0xc0000080, 0x100
  mov eax, PML4
  mov cr3, eax
  mov eax, cr0
  bts eax, 31
fault:
  mov cr0, eax
