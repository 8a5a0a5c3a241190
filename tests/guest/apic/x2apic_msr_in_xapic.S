// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.1.3: the MSRs exist in x2APIC mode only
// expect-fault: gp 0 at=fault
  mov ecx, X2APIC + APIC_ID / 16
fault:
  rdmsr
  hlt
