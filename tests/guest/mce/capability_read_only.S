// mode: prot32 long64
// pitfall: 18
// manual: SDM vol. 3 16.3.1.1: IA32_MCG_CAP is read-only
// expect-fault: gp 0 at=fault
  mov ecx, 0x179
  rdmsr
fault:
  wrmsr
