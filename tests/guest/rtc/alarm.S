// mode: real16 prot32 long64
// machine: pc
// manual: MC146818A datasheet, alarm: when hours, minutes and seconds agree
// expect: bl=0x20 bh=1 cl=0
  handler 0x28, tick
  pic_on 0x20, 0x104
  cmos_write 0x0b, 0x82
  set_time 0x10, 0x59, 0x58
  set_alarm 0x11, 0x00, 0x01
  cmos_read 0x0c
  cmos_write 0x0b, 0x22
  sti
1:
  hlt
  test bl, bl
  jz 1b
  cli
  cmos_read 0
  mov bh, al
  cmos_read 2
  mov cl, al
  done
tick:
  cmos_read 0x0c
  and al, 0x20
  or bl, al
  out_ 0xa0, 0x20
  out_ 0x20, 0x20
  iret_
