// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, RW=2: the high byte alone, the low one is zero
// expect: ax=0x80 bx=0x7f
  out_ 0x61, 1
  out_ 0x43, 0xa4
  out_ 0x42, 0x80
  in_ 0x42
  movzx bx, al
  delay 1000
  in_ 0x42
  movzx ax, al
  xchg ax, bx
  done
