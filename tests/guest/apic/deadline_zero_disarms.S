// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: tsc-deadline
// init: flags=if
// manual: SDM vol. 3 11.5.4.1: a write of 0 disarms
// expect: ebx=0
  handler 0x50, tick
  apic_write APIC_LVT_TIMER, 0x40050
  rdtsc
  add eax, 20000
  mov ecx, MSR_TSC_DEADLINE
  wrmsr
  wrmsr_ MSR_TSC_DEADLINE, 0
  delay 2000
  cli
  done
tick:
  inc ebx
  eoi
  iret_
