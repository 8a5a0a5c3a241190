// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, counter latch: the latched count stays until it is read
// expect: bx=0 cx=1
  pit2_on 0xb4, 60000
  out_ 0x43, 0x80
  delay 2000
  read2
  mov si, ax
  out_ 0x43, 0x80
  read2
  cmp ax, si
  mov cx, 0
  adc cx, 0
  mov bx, 0
  cmp si, 59000
  adc bx, 0
  done
