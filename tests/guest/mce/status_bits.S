// mode: prot32 long64
// manual: SDM vol. 3 16.3.1.2: RIPV, EIPV and MCIP of IA32_MCG_STATUS can be written; reserved bits are #GP
// pitfall: 18
// expect: ebx=7
// expect-fault: gp 0 at=fault
  wrmsr_ 0x17a, 7
  rdmsr
  mov ebx, eax
  mov eax, 0x100
fault:
  wrmsr
