// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, mode 1: a count written during the pulse does not change it
// expect: mem8[data_page]=0x00/0x20 mem8[data_page+1]=0x20/0x20
  out_ 0x61, 0
  out_ 0x43, 0xb2
  out_ 0x42, 0xe8
  out_ 0x42, 0x03
  out_ 0x61, 1
  delay 100
  out_ 0x42, 2
  out_ 0x42, 0
  delay 2000
  out2
  delay 14000
  out2
  done
