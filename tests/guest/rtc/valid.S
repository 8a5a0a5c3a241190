// mode: real16 prot32 long64
// machine: pc
// manual: MC146818A datasheet, register D: VRT alone
// expect: al=0x80
  cmos_write 0x0d, 0
  cmos_read 0x0d
  done
