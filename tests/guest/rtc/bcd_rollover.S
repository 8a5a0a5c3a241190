// mode: real16 prot32 long64
// machine: pc
// manual: MC146818A datasheet, time registers: seconds, minutes, hours, day, month, year and century turn together
// expect: bl=0 bh=0 cl=0 ch=1 dl=1 dh=0 mem8[data_page]=0x21
  cmos_write 0x0b, 0x82
  cmos_write 0, 0x59
  cmos_write 2, 0x59
  cmos_write 4, 0x23
  cmos_write 7, 0x31
  cmos_write 8, 0x12
  cmos_write 9, 0x99
  cmos_write 0x32, 0x20
  cmos_write 0x0b, 0x12
  next_second
  cmos_read 0
  mov bl, al
  cmos_read 2
  mov bh, al
  cmos_read 4
  mov cl, al
  cmos_read 7
  mov ch, al
  cmos_read 9
  mov dh, al
  cmos_read 0x32
  record al
  cmos_read 8
  mov dl, al
  done
