// mode: prot32 long64
// machine: pc
// pitfall: 19
// init: flags=if
// manual: SDM vol. 3 11.5.1: a masked entry gives no interrupt; the timer counts all the same (11.5.4)
// expect: eax=0 esi=0
  apic_write APIC_TIMER_DIVIDE, 0xb
  apic_write APIC_LVT_TIMER, 0x10050
  apic_write APIC_TIMER_INITIAL, 10000
  delay 1000
  apic_read APIC_IRR + 0x20
  mov esi, eax
  apic_read APIC_TIMER_CURRENT
  done
