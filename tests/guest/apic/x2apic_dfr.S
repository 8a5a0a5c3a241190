// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 table 11-6: there is no MSR 80Eh
// expect-fault: gp 0 at=fault
  x2apic_on
  mov ecx, X2APIC + APIC_DFR / 16
fault:
  rdmsr
  hlt
