// mode: prot32 long64
// machine: pc
// init: flags=if
// manual: IA-PC HPET specification 1.0a 2.3.9.2.1: one interrupt when the comparator matches
// expect: ebx=1
  handler 0x41, tick
  ioapic_pin 20, 0x41
  hpet_write 0x100, 0x2804
  hpet_write 0x10c, 0
  hpet_write 0x108, 20000
  hpet_write 0x10, 1
  hlt
  delay 20000
  cli
  done
tick:
  inc ebx
  eoi
  iret_
