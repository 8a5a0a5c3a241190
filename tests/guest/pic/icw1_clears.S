// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, ICW1: the mask is cleared, status read is set to IRR
// expect: mem16[data_page]=0x0100
  pic_on 0x20, 0
  pit_on 0x30, 20
  delay 600
  out_ 0x20, 0x0b
  out_ 0x20, 0x11
  out_ 0x21, 0x20
  out_ 0x21, 4
  out_ 0x21, 1
  in_ 0x21
  record al
  out_ 0x21, 0xff
  pit_on 0x30, 20
  delay 600
  in_ 0x20
  and al, 1
  record al
  done
