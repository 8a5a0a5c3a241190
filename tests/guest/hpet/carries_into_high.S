// mode: prot32 long64
// machine: pc
// manual: IA-PC HPET specification 1.0a 2.3.7: the counter has 64 bits
// expect: eax=1
  hpet_write 0x10, 0
  hpet_write 0xf4, 0
  hpet_write 0xf0, 0xffffff00
  hpet_write 0x10, 1
  delay 500
  hpet_read 0xf4
  done
