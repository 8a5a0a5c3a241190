// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, specific EOI (OCW2 60h + n) clears that bit of ISR
// expect: mem16[data_page]=0x0201
  pic_two
  out_ 0x20, 0x0b
  sti
  nop
  hlt
tick:
  in_ 0x20
  record al
  out_ 0x20, 0x60
  sti
  nop
  nop
  hlt
key:
  in_ 0x20
  record al
  done
