// mode: prot32 long64
// machine: pc
// init: flags=if
// manual: IA-PC HPET specification 1.0a 2.3.9: 32-bit mode compares 32 bits: the match comes though the upper half differs
// expect: ebx=1
  handler 0x41, tick
  ioapic_pin 20, 0x41
  hpet_write 0x10, 0
  hpet_write 0xf4, 5
  hpet_write 0xf0, 0
  hpet_write 0x100, 0x2904
  hpet_write 0x108, 5000
  hpet_write 0x10, 1
  hlt
tick:
  inc ebx
  done
