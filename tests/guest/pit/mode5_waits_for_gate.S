// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, mode 5: counting starts at a rising GATE
// expect: mem8[data_page]=0xfa/0x7f mem8[data_page+1]=0x3a/0x7f
  out_ 0x61, 0
  out_ 0x43, 0xba
  out_ 0x42, 0
  out_ 0x42, 0x80
  delay 200
  status 2
  out_ 0x61, 1
  delay 200
  status 2
  done
