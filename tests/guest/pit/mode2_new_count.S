// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, mode 2: a new count takes over at the end of the period
// expect: bx=1 cx=1
  pit2_on 0xb4, 2000
  delay 200
  out_ 0x42, 0x40
  out_ 0x42, 0x9c
  delay 200
  out_ 0x43, 0x80
  read2
  mov bx, 0
  cmp ax, 2001
  adc bx, 0
  delay 30000
  out_ 0x43, 0x80
  read2
  mov cx, 0
  cmp ax, 2001
  cmc
  adc cx, 0
  done
