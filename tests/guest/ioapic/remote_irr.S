// mode: prot32 long64
// machine: pc
// pitfall: 19
// init: flags=if
// manual: 82093AA datasheet 3.2.4: remote IRR is set when a level interrupt is accepted, cleared by the EOI
// expect: ebx=0x4000 esi=0
  handler 0x41, tick
  ioapic_pin 20, 0x8041
  hpet_write 0x100, 0x2906
  hpet_write 0x108, 100
  hpet_write 0x10, 1
  hlt
  hlt
tick:
  ioapic_read 0x38
  and eax, 0x4000
  mov ebx, eax
  hpet_write 0x20, 1
  eoi
  ioapic_read 0x38
  and eax, 0x4000
  mov esi, eax
  done
