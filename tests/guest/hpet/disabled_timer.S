// mode: prot32 long64
// machine: pc
// init: flags=if
// manual: IA-PC HPET specification 1.0a 2.3.8: with INT_ENB_CNF=0 the status is kept and no interrupt comes
// expect: ebx=0 esi=2
  handler 0x41, tick
  ioapic_pin 21, 0x8041
  hpet_write 0x120, 0x2b02
  hpet_write 0x128, 100
  hpet_write 0x10, 1
  delay 1000
  cli
  hpet_read 0x20
  mov esi, eax
  done
tick:
  inc ebx
  hpet_write 0x20, 2
  eoi
  iret_
