// mode: prot32 long64
// machine: pc
// pitfall: 19
// init: flags=if
// manual: SDM vol. 3 11.5.4: a write of 0 to the initial count stops the timer
// expect: eax=0 ebx=0
  handler 0x50, tick
  apic_write APIC_TIMER_DIVIDE, 0xb
  apic_write APIC_LVT_TIMER, 0x20050
  apic_write APIC_TIMER_INITIAL, 100000
  apic_write APIC_TIMER_INITIAL, 0
  delay 4000
  apic_read APIC_TIMER_CURRENT
  cli
  done
tick:
  inc ebx
  eoi
  iret_
