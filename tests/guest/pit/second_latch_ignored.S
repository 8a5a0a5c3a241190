// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, counter latch: a second latch command before the read is ignored
// expect: cx=1
  pit2_on 0xb4, 60000
  out_ 0x43, 0x80
  delay 2000
  out_ 0x43, 0x80
  read2
  mov cx, 0
  cmp ax, 59900
  cmc
  adc cx, 0
  done
