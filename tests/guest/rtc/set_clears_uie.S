// mode: real16 prot32 long64
// machine: pc
// manual: MC146818A datasheet, register B: SET=1 clears UIE
// expect: al=0x82
  cmos_write 0x0b, 0x92
  cmos_read 0x0b
  done
