// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, null count: 1 from the write until the count is in the counting element
// expect: mem8[data_page]=0x70 mem8[data_page+1]=0x30/0x7f
  out_ 0x43, 0xb0
  status 2
  out_ 0x61, 1
  out_ 0x42, 0x00
  out_ 0x42, 0x10
  delay 100
  status 2
  done
