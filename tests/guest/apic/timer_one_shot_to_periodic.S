// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 11.5.4: the mode does not touch the counting element: one that ended stays at zero
// expect: eax=0
  apic_write APIC_TIMER_DIVIDE, 0xb
  apic_write APIC_LVT_TIMER, 0x10050
  apic_write APIC_TIMER_INITIAL, 2000
  delay 400
  apic_write APIC_LVT_TIMER, 0x30050
  delay 100
  apic_read APIC_TIMER_CURRENT
  done
