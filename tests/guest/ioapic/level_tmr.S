// mode: prot32 long64
// machine: pc
// pitfall: 19
// init: flags=if
// manual: SDM vol. 3 11.8.4: TMR has the bit of a level-triggered interrupt, and not of an edge
// expect: ebx=2 esi=0
  handler 0x41, tick
  handler 0x42, edge
  ioapic_pin 20, 0x8041
  hpet_write 0x100, 0x2906
  hpet_write 0x108, 100
  hpet_write 0x10, 1
  hlt
  hlt
tick:
  apic_read APIC_TMR + 0x20
  mov ebx, eax
  hpet_write 0x20, 1
  eoi
  self_ipi 0x41
  apic_read APIC_TMR + 0x20
  mov esi, eax
  done
edge:
  done
