// mode: prot32 long64
// pitfall: 18
// manual: SDM vol. 3 12.12.2: bits 7:3 of each PAT entry are reserved
// expect-fault: gp 0 at=fault
  mov ecx, 0x277
  rdmsr
  or edx, 0x08000000
fault:
  wrmsr
