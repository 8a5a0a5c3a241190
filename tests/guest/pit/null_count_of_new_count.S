// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, mode 2: a new count waits for the end of the period, null count says so
// expect: mem8[data_page]=0x34/0x7f mem8[data_page+1]=0x74/0x7f
  pit2_on 0xb4, 60000
  delay 100
  status 2
  out_ 0x42, 0x00
  out_ 0x42, 0x10
  delay 100
  status 2
  done
