// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.5 figure 11-27: EN=0 with EXTD=1 is invalid
// expect-fault: gp 0 at=fault
  mov ecx, MSR_APIC_BASE
  mov eax, APIC | 0x500
  mov edx, 0
fault:
  wrmsr
  hlt
