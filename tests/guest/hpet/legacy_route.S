// mode: prot32 long64
// machine: pc
// init: flags=if
// manual: IA-PC HPET specification 1.0a 2.4.1, ICH9 5.18.3: with LEG_RT_CNF timer 0 is IRQ0, which is IOAPIC input 2
// expect: ebx=0x32
  handler 0x32, tick
  handler 0x33, wrong
  apic_write APIC_LVT_LINT0, 0x10000
  ioapic_pin 2, 0x32
  ioapic_pin 20, 0x33
  hpet_write 0x100, 0x2904
  hpet_write 0x108, 5000
  hpet_write 0x10, 3
  hlt
  hlt
wrong:
  mov ebx, 0x33
  done
tick:
  mov ebx, 0x32
  done
