// mode: prot32 long64
// manual: SDM vol. 2 LDMXCSR: #GP(0) for a reserved bit
// expect-fault: gp 0 at=fault
  mov dword ptr [DATA], 0x10000
fault:
  ldmxcsr [DATA]
