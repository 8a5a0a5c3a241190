// mode: prot32 long64
// pitfall: 18
// manual: SDM vol. 3 12.11.2.3: bits 11:8 of IA32_MTRR_PHYSBASEn are reserved
// expect: ebx=0x80000006
// expect-fault: gp 0 at=fault
  wrmsr_ 0x200, 0x80000006
  rdmsr
  mov ebx, eax
  mov eax, 0x80000106
fault:
  wrmsr
