// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 11.4.3: CPUID.1:EDX[9] is 0 while the APIC is disabled in IA32_APIC_BASE
// expect: esi=0 edi=0x200
  wrmsr_ MSR_APIC_BASE, APIC | 0x100
  mov eax, 1
  cpuid
  and edx, 0x200
  mov esi, edx
  wrmsr_ MSR_APIC_BASE, APIC | 0x900
  mov eax, 1
  cpuid
  and edx, 0x200
  mov edi, edx
  done
