// mode: real16 prot32 long64
// machine: pc
// manual: MC146818A datasheet, ICH9 13.6: 72h and 73h reach the upper bank, apart from the first
// expect: bl=0x11 al=0x22
  cmos_write 0x40, 0x11
  out_ 0x72, 0xc0
  out_ 0x73, 0x22
  cmos_read 0x40
  mov bl, al
  in_ 0x73
  done
