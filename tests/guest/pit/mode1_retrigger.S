// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, mode 1: OUT falls at a rising GATE for the count, and a new trigger starts it anew
// expect: mem32[data_page]=0x20000020/0x20202020
  out_ 0x61, 0
  out_ 0x43, 0xb2
  out_ 0x42, 0xe8
  out_ 0x42, 0x03
  out2
  out_ 0x61, 1
  delay 8000
  out_ 0x61, 0
  out_ 0x61, 1
  delay 100
  out2
  delay 7000
  out2
  delay 10000
  out2
  done
