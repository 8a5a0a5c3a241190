// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, fully nested mode: IR0 is the highest
// expect: mem16[data_page]=0x2120
  pic_two
  sti
  nop
  nop
  done
tick:
  record 0x20
  out_ 0x20, 0x20
  iret_
key:
  record 0x21
  done
