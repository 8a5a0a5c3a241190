// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: tsc-deadline
// init: flags=if
// manual: SDM vol. 3 11.5.4.1: a deadline not after the TSC gives its interrupt at once
// expect-fault: 0x50 none at=after
  apic_write APIC_LVT_TIMER, 0x40050
  delay 100
  rdtsc
  mov ecx, MSR_TSC_DEADLINE
  wrmsr
after:
  nop
  hlt
