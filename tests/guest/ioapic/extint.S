// mode: prot32 long64
// machine: pc
// pitfall: 19
// init: flags=if
// manual: 82093AA datasheet 3.2.4: delivery mode 111: the 8259 gives the vector
// expect: ebx=0x20
  handler 0x20, tick
  apic_write APIC_LVT_LINT0, 0x10000
  pic_on 0x20, 1
  apic_write APIC_LVT_LINT0, 0x10000
  ioapic_pin 2, 0x700
  pit_on 0x30, 100
  hlt
tick:
  mov ebx, 0x20
  done
