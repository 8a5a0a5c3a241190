// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, mode 0: the first byte of a two-byte count stops counting, OUT is low at once
// expect: mem16[data_page]=0x0020/0x2020
  pit2_on 0xb0, 10
  delay 600
  out2
  out_ 0x42, 10
  out2
  done
