// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: 82093AA datasheet 3.2.4: destination mode 0: the APIC of that ID alone
// expect: eax=0
  apic_write APIC_LVT_LINT0, 0x10000
  ioapic_pin 2, 0x41, 7
  pit_on 0x30, 20
  delay 1000
  apic_read APIC_IRR + 0x20
  done
