// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, specific rotation: OCW2 C0h + n makes input n the lowest
// expect: mem16[data_page]=0x2021
  pic_two
  out_ 0x20, 0xc0
  sti
  nop
  nop
  hlt
tick:
  record 0x20
  done
key:
  record 0x21
  in_ 0x60
  out_ 0x20, 0x20
  iret_
