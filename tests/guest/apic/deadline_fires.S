// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: tsc-deadline
// init: flags=if
// manual: SDM vol. 3 11.5.4.1: one interrupt when the TSC reaches the deadline; the MSR then reads 0
// expect: esi=0 edi=0 ebx=1
  handler 0x50, tick
  apic_write APIC_LVT_TIMER, 0x40050
  rdtsc
  add eax, 500000
  adc edx, 0
  mov esi, eax
  mov ecx, MSR_TSC_DEADLINE
  wrmsr
  hlt
tick:
  rdtsc
  cmp eax, esi
  setae bl
  rdmsr
  mov esi, eax
  mov edi, edx
  done
