// mode: real16 prot32 long64
// machine: pc
// manual: MC146818A datasheet, DM=1: the registers are binary
// expect: bl=10 bh=23
  cmos_write 0x0b, 0x86
  set_time 23, 59, 9
  cmos_write 0x0b, 0x16
  next_second
  cmos_read 0
  mov bl, al
  cmos_read 4
  mov bh, al
  done
