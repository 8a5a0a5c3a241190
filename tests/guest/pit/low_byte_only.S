// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, RW=1: the low byte alone, the high one is zero
// expect: bx=1
  out_ 0x61, 1
  out_ 0x43, 0x94
  out_ 0x42, 200
  delay 300
  out_ 0x43, 0x80
  in_ 0x42
  mov bx, 0
  cmp al, 201
  adc bx, 0
  in_ 0x42
  cmp al, 201
  done
