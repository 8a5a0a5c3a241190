// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, mode 0: OUT is low from the control word until the count is over
// expect: mem32[data_page]=0x00200000
  out_ 0x61, 1
  out_ 0x43, 0xb0
  out2
  out_ 0x42, 100
  out_ 0x42, 0
  out2
  delay 2000
  out2
  done
