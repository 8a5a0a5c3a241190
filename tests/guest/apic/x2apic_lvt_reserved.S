// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.1.3, figure 11-8: bit 8 of the timer LVT is reserved
// expect-fault: gp 0 at=fault
  x2apic_on
  mov ecx, X2APIC + APIC_LVT_TIMER / 16
  mov eax, 0x130
  mov edx, 0
fault:
  wrmsr
  hlt
