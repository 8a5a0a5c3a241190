// mode: prot32 long64
// machine: pc
// pitfall: 19
// init: flags=if
// manual: 82093AA datasheet 3.2.4: delivery mode 100 is NMI, the vector means nothing
// expect: ebx=2
  handler 2, nmi
  apic_write APIC_LVT_LINT0, 0x10000
  ioapic_pin 2, 0x455
  pit_on 0x30, 100
  hlt
nmi:
  mov ebx, 2
  done
