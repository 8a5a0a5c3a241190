// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, mode 0: GATE low holds the count, high lets it go on
// expect: bx=0 cx=1
  pit2_on 0xb0, 60000
  delay 400
  out_ 0x61, 0
  out_ 0x43, 0x80
  read2
  mov si, ax
  delay 2000
  out_ 0x43, 0x80
  read2
  mov bx, si
  sub bx, ax
  out_ 0x61, 1
  delay 1000
  out_ 0x43, 0x80
  read2
  cmp ax, si
  mov cx, 0
  adc cx, 0
  done
