// mode: real16 prot32 long64
// machine: pc
// init: flags=if
// manual: MC146818A datasheet, update-ended interrupt: once a second, with UF
// expect: bl=2 bh=0x90/0x90
  handler 0x28, tick
  pic_on 0x20, 0x104
  cmos_read 0x0c
  cmos_write 0x0b, 0x12
1:
  hlt
  cmp bl, 2
  jb 1b
  done
tick:
  inc bl
  cmos_read 0x0c
  mov bh, al
  out_ 0xa0, 0x20
  out_ 0x20, 0x20
  iret_
