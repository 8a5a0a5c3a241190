// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, special fully nested mode: a higher input of the slave in service goes through
// expect: mem16[data_page]=0x282c
  handler 0x2c, mouse
  handler 0x28, clock
  pic_on 0x20, 0x1104, 17
  aux_irq12
  sti
  nop
  nop
  hlt
mouse:
  record 0x2c
  rtc_irq8
  sti
  nop
  nop
  record 0x11
  done
clock:
  record 0x28
  done
