// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 figure 11-28: bit 13 of the ICR is reserved
// expect-fault: gp 0 at=fault
  x2apic_on
  mov ecx, X2APIC + APIC_ICR / 16
  mov eax, 0x62041
  mov edx, 0
fault:
  wrmsr
  hlt
