// mode: prot32
// cpu: EPYC-Milan
// manual: APM vol. 2 appendix A: there is no MSR 1A0h
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov ecx, 0x1a0
fault:
  rdmsr
