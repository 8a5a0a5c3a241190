// mode: prot32 long64
// machine: pc
// pitfall: 19
// init: flags=if
// manual: SDM vol. 3 11.5.4: a one-shot count interrupts once and stays at zero
// expect: ebx=1 eax=0
  handler 0x50, tick
  apic_write APIC_TIMER_DIVIDE, 0xb
  apic_write APIC_LVT_TIMER, 0x50
  apic_write APIC_TIMER_INITIAL, 50000
  hlt
  hlt
tick:
  inc ebx
  eoi
  apic_read APIC_TIMER_CURRENT
  cmp ebx, 2
  je 1f
  delay 2000
1:
  done
