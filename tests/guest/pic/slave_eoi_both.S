// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, cascade mode: two EOIs, one a chip, end a slave's interrupt
// expect: mem16[data_page]=0
  handler 0x28, clock
  pic_on 0x20, 0x104
  rtc_irq8
  out_ 0x20, 0x0b
  out_ 0xa0, 0x0b
  sti
  nop
  nop
  hlt
clock:
  out_ 0xa0, 0x20
  out_ 0x20, 0x20
  in_ 0x20
  record al
  in_ 0xa0
  record al
  done
