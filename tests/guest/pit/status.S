// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, read-back command: status has OUT, null count, access, mode, BCD
// expect: mem8[data_page]=0x70 mem8[data_page+1]=0xf6 mem8[data_page+2]=0x36/0x7f
  out_ 0x43, 0x70
  status 1
  out_ 0x43, 0x76
  out_ 0x41, 0x10
  status 1
  out_ 0x41, 0x00
  delay 60
  status 1
  done
