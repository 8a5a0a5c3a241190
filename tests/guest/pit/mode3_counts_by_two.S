// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, mode 3: an even count falls by two at each clock, so values are even
// expect: ax=0/1 cx=0/1
  pit2_on 0xb6, 60000
  delay 1000
  out_ 0x43, 0x80
  read2
  mov bx, ax
  delay 500
  out_ 0x43, 0x80
  read2
  mov cx, bx
  done
