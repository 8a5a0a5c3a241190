// mode: prot32 long64
// machine: pc
// pitfall: 19
// init: flags=if
// manual: 82093AA datasheet 3.2.4: an edge at a masked input is not remembered
// expect: ebx=0
  handler 0x42, tick
  apic_write APIC_LVT_LINT0, 0x10000
  ioapic_pin 2, 0x10042
  pit_on 0x30, 20
  delay 1000
  ioapic_write 0x14, 0x42
  nop
  cli
  done
tick:
  inc ebx
  eoi
  iret_
