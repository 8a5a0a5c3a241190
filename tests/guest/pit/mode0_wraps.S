// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, operation common to all modes: in mode 0 the counter goes on from FFFFh after zero
// expect: cx=1
  pit2_on 0xb0, 100
  delay 3000
  out_ 0x43, 0x80
  read2
  mov cx, 0
  cmp ax, 0xf000
  cmc
  adc cx, 0
  done
