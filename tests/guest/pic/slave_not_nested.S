// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, cascade mode: while IR2 is in service the slave's other inputs are held
// expect: mem16[data_page]=0x112c
  handler 0x2c, mouse
  handler 0x28, clock
  pic_on 0x20, 0x1104, 1
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
