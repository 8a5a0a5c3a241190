// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: tsc-deadline
// manual: SDM vol. 3 11.5.4.1: leaving the mode disarms; the count of the other modes is stopped by entering it
// expect: eax=0 edx=0 ebx=0x7fffffff esi=0
  apic_write APIC_LVT_TIMER, 0x40050
  wrmsr_ MSR_TSC_DEADLINE, 0xffffffff, 0x7fffffff
  rdmsr
  mov ebx, edx
  apic_write APIC_LVT_TIMER, 0x10050
  apic_write APIC_TIMER_INITIAL, 0x7fffffff
  apic_write APIC_LVT_TIMER, 0x40050
  apic_read APIC_TIMER_CURRENT
  mov esi, eax
  mov ecx, MSR_TSC_DEADLINE
  rdmsr
  done
