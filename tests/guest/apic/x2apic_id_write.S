// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.5.1: the x2APIC ID is read-only
// expect-fault: gp 0 at=fault
  x2apic_on
  mov ecx, X2APIC + APIC_ID / 16
  mov eax, 0
  mov edx, 0
fault:
  wrmsr
  hlt
