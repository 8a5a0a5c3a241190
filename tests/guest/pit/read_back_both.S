// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, read-back: with status and count latched, the first read is status
// expect: bl=0x34/0x7f cx=1
  pit2_on 0xb4, 60000
  delay 200
  out_ 0x43, 0xc8
  in_ 0x42
  mov bl, al
  read2
  mov cx, 0
  cmp ax, 60001
  adc cx, 0
  done
