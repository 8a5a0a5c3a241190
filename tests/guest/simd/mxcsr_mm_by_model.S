// mode: prot32 long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 1 10.2.3: MXCSR bits 31:16 are reserved: #GP(0); APM vol. 1 4.3.2: AMD's have MM in bit 17
// pitfall: 2 7
// expect-fault[Haswell]: gp 0 at=fault
// expect[EPYC-Milan]: mxcsr=0x21f80
  mov dword ptr [DATA], 0x21f80
fault:
  ldmxcsr [DATA]
  hlt
