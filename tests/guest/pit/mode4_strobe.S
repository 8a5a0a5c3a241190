// mode: real16 prot32 long64
// machine: pc
// manual: 8254 datasheet, mode 4: the strobe's end is one rising edge of OUT
// expect: bl=1
  handler 0x20, tick
  out_ 0x43, 0x38
  pic_on 0x20, 1
  sti
  out_ 0x40, 0xe8
  out_ 0x40, 3
  delay 40000
  cli
  done
tick:
  inc bl
  out_ 0x20, 0x20
  iret_
