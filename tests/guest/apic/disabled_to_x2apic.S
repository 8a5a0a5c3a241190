// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.5.3: from disabled straight to x2APIC is not valid
// expect-fault: gp 0 at=fault
  wrmsr_ MSR_APIC_BASE, APIC | 0x100
  mov ecx, MSR_APIC_BASE
  mov eax, APIC | 0xd00
  mov edx, 0
fault:
  wrmsr
  hlt
