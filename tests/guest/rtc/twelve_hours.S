// mode: real16 prot32 long64
// machine: pc
// manual: MC146818A datasheet, data mode and 12/24: bit 7 of the hours is PM; 12 AM is midnight
// expect: bl=0x12 bh=0x92 cl=0x11
  cmos_write 0x0b, 0x80
  set_time 0x11, 0x59, 0x59, 0x80
  cmos_write 0x0b, 0x10
  next_second
  cmos_read 4
  mov bl, al
  cmos_write 0x0b, 0x80
  set_time 0x11, 0x59, 0x59
  cmos_write 0x0b, 0x10
  next_second
  cmos_read 4
  mov bh, al
  cmos_write 0x0b, 0x80
  set_time 0x11, 0x00, 0x00
  cmos_write 0x0b, 0x00
  cmos_read 4
  mov cl, al
  done
