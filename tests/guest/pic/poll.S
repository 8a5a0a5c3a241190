// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, poll command: the read is the acknowledge: bit 7 and the input, which is then in service
// expect: mem32[data_page]=0x00000180
  pic_on 0x20, 1
  pit_on 0x30, 20
  delay 600
  out_ 0x20, 0x0c
  in_ 0x20
  record al
  out_ 0x20, 0x0b
  in_ 0x20
  record al
  out_ 0x20, 0x0c
  in_ 0x20
  and al, 0x80
  record al
  done
