// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.1.2: bits 63:32 of 32-bit registers are reserved
// expect-fault: gp 0 at=fault
  x2apic_on
  mov ecx, X2APIC + APIC_TPR / 16
  mov eax, 0
  mov edx, 1
fault:
  wrmsr
  hlt
