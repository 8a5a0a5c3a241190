// mode: prot32 long64
// pitfall: 18
// manual: SDM vol. 3 12.11.2.1: E, FE and the type of IA32_MTRR_DEF_TYPE; a reserved type (7) is #GP
// expect: ebx=0xc06
// expect-fault: gp 0 at=fault
  wrmsr_ 0x2ff, 0xc06
  rdmsr
  mov ebx, eax
  mov eax, 0xc07
fault:
  wrmsr
