// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, fully nested mode: a lower input waits until the EOI
// expect: mem32[data_page]=0x00211120
  pic_two
  sti
  nop
  hlt
tick:
  record 0x20
  sti
  nop
  nop
  record 0x11
  out_ 0x20, 0x20
  nop
  nop
  hlt
key:
  record 0x21
  done
