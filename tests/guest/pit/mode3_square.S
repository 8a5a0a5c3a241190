// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, mode 3: OUT is high for half of the count, low for the other
// expect: mem32[data_page]=0x00200020/0x20202020
  pit2_on 0xb6, 2000
  delay 6500
  out2
  delay 13000
  out2
  delay 13000
  out2
  delay 13000
  out2
  done
