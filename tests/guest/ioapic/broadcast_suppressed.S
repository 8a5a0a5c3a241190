// mode: prot32 long64
// machine: pc
// pitfall: 19
// init: flags=if
// manual: SDM vol. 3 11.8.5: with SVR bit 12 the EOI is not broadcast: remote IRR stays until the EOI register is written
// expect: ebx=0x4000 esi=0
  handler 0x41, tick
  apic_write APIC_SVR, 0x1100 | SPURIOUS
  ioapic_pin 20, 0x8041
  hpet_write 0x100, 0x2906
  hpet_write 0x108, 100
  hpet_write 0x10, 1
  hlt
  hlt
tick:
  hpet_write 0x20, 1
  eoi
  ioapic_read 0x38
  and eax, 0x4000
  mov ebx, eax
  mmio_write IOAPIC + 0x40, 0x41
  ioapic_read 0x38
  and eax, 0x4000
  mov esi, eax
  done
