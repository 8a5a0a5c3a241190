// mode: prot32 long64
// manual: SDM vol. 2 RDMSR: #GP(0) for a reserved or unimplemented MSR
// expect-fault: gp 0 at=fault
  mov ecx, 0x12345678
fault:
  rdmsr
