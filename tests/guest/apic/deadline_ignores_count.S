// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: tsc-deadline
// manual: SDM vol. 3 11.5.4.1: writes to the initial count are ignored, the current count is always 0
// expect: eax=0
  apic_write APIC_LVT_TIMER, 0x40050
  apic_write APIC_TIMER_INITIAL, 0x7fffffff
  apic_read APIC_TIMER_CURRENT
  done
