// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: 82093AA datasheet 3.2.4: destination mode 1: bits 63:56 are matched with the LDR
// expect: eax=2
  apic_write APIC_LDR, 0x08000000
  apic_write APIC_LVT_LINT0, 0x10000
  ioapic_pin 2, 0x841, 0x08
  pit_on 0x30, 20
  delay 1000
  apic_write APIC_LVT_LINT0, 0x10000
  ioapic_pin 2, 0x842, 0x04
  pit_on 0x30, 20
  delay 1000
  apic_read APIC_IRR + 0x20
  done
