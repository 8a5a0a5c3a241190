// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 11.4.4 figure 11-5: base bits from MAXPHYADDR up are reserved
// expect-fault: gp 0 at=fault
  mov ecx, MSR_APIC_BASE
  mov eax, APIC | 0x900
  mov edx, 0x80000000
fault:
  wrmsr
  hlt
