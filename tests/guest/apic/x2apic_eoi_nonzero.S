// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 table 11-6: WRMSR of a non-zero value to EOI causes #GP(0)
// expect-fault: gp 0 at=fault
  x2apic_on
  mov ecx, X2APIC + APIC_EOI / 16
  mov eax, 1
  mov edx, 0
fault:
  wrmsr
  hlt
