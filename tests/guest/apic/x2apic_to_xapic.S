// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.5.2: from x2APIC to xAPIC mode is not valid
// expect-fault: gp 0 at=fault
  x2apic_on
  mov ecx, MSR_APIC_BASE
  mov eax, APIC | 0x900
  mov edx, 0
fault:
  wrmsr
  hlt
