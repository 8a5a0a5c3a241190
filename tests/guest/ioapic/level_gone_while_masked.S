// mode: prot32 long64
// machine: pc
// pitfall: 19
// init: flags=if
// manual: 82093AA datasheet 3.2.4: a level that went away while masked gives nothing
// expect: ebx=0
  handler 0x41, tick
  ioapic_pin 20, 0x18041
  hpet_write 0x100, 0x2906
  hpet_write 0x108, 100
  hpet_write 0x10, 1
  delay 1000
  hpet_write 0x20, 1
  ioapic_write 0x38, 0x8041
  nop
  cli
  done
tick:
  inc ebx
  hpet_write 0x20, 1
  eoi
  iret_
