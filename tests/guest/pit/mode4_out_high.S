// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, mode 4: OUT is high but for the one clock of the strobe
// expect: mem32[data_page]=0x00202020/0x202020
  out_ 0x61, 1
  out_ 0x43, 0xb8
  out2
  out_ 0x42, 100
  out_ 0x42, 0
  delay 400
  out2
  delay 4000
  out2
  done
