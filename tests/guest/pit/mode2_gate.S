// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, mode 2: GATE low puts OUT high and stops the count; its rise reloads it
// expect: bx=0 cx=1 mem8[data_page]=0x20/0x20
  pit2_on 0xb4, 60000
  delay 4000
  out_ 0x61, 0
  out2
  out_ 0x43, 0x80
  read2
  mov si, ax
  delay 2000
  out_ 0x43, 0x80
  read2
  mov bx, si
  sub bx, ax
  out_ 0x61, 1
  delay 100
  out_ 0x43, 0x80
  read2
  cmp si, ax
  mov cx, 0
  adc cx, 0
  done
