// mode: real16 prot32 long64
// machine: pc
// manual: MC146818A datasheet, SET=1: the registers do not change
// expect: bl=0x30
  cmos_write 0x0b, 0x82
  set_time 0x10, 0x20, 0x30
  cmos_write 0x0a, 0x2f
  cmos_write 0x0b, 0xc2
  handler 0x28, tick
  pic_on 0x20, 0x104
  sti
  hlt
  hlt
  hlt
  cli
  cmos_read 0
  mov bl, al
  done
tick:
  cmos_read 0x0c
  out_ 0xa0, 0x20
  out_ 0x20, 0x20
  iret_
