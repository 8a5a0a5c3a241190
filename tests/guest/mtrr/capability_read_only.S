// mode: prot32 long64
// pitfall: 18
// manual: SDM vol. 3 12.11.1: IA32_MTRRCAP is read-only
// expect-fault: gp 0 at=fault
  mov ecx, 0xfe
  rdmsr
fault:
  wrmsr
