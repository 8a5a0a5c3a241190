// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 11.4.4 figure 11-5: bit 9 of IA32_APIC_BASE is reserved
// expect-fault: gp 0 at=fault
  mov ecx, MSR_APIC_BASE
  mov eax, APIC | 0xb00
  mov edx, 0
fault:
  wrmsr
  hlt
