// mode: prot32 long64
// machine: pc
// init: flags=if
// manual: IA-PC HPET specification 1.0a 2.3.6: without clearing the status the wire stays, and the EOI brings the interrupt again
// expect: ebx=3
  handler 0x41, tick
  ioapic_pin 21, 0x8041
  hpet_write 0x100, 0x2b06
  hpet_write 0x108, 5000
  hpet_write 0x10, 1
  hlt
  nop
  nop
  cli
  done
tick:
  inc ebx
  cmp ebx, 3
  jb 1f
  hpet_write 0x20, 1
1:
  eoi
  iret_
