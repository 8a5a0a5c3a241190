// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.1.3: reserved bits of the 808h TPR cause #GP(0)
// expect-fault: gp 0 at=fault
  x2apic_on
  mov ecx, X2APIC + APIC_TPR / 16
  mov eax, 0x100
  mov edx, 0
fault:
  wrmsr
  hlt
