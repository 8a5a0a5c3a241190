// mode: prot32 long64
// machine: pc
// init: flags=if
// manual: IA-PC HPET specification 1.0a 2.3.6: a level-triggered timer sets its status bit; writing 1 to it ends the interrupt
// expect: ebx=1 esi=1 edi=0
  handler 0x41, tick
  ioapic_pin 21, 0x8041
  hpet_write 0x100, 0x2b06
  hpet_write 0x108, 5000
  hpet_write 0x10, 1
  hlt
  delay 1000
  cli
  done
tick:
  inc ebx
  hpet_read 0x20
  mov esi, eax
  hpet_write 0x20, 1
  hpet_read 0x20
  mov edi, eax
  eoi
  iret_
