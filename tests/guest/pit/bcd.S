// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, control word bit 0: four BCD decades
// expect: bx=1 cx=1
  pit2_on 0xb5, 0x9000
  delay 2000
  out_ 0x43, 0x80
  read2
  mov bx, 0
  cmp ax, 0x9000
  adc bx, 0
  mov cx, 0
  cmp ax, 0x8700
  cmc
  adc cx, 0
  done
