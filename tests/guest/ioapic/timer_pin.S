// mode: prot32 long64
// machine: pc
// pitfall: 19
// init: flags=if
// manual: SDM vol. 3, ACPI 5.2.12.5: the 8254 is at input 2
// expect: ebx=0x42
  handler 0x42, tick
  apic_write APIC_LVT_LINT0, 0x10000
  ioapic_pin 2, 0x42
  pit_on 0x30, 100
  hlt
tick:
  mov ebx, 0x42
  done
