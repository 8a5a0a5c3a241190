// mode: real16 prot32 long64
// machine: pc
// init: flags=if
// manual: MC146818A datasheet, periodic interrupt: at rate 6 every 976.5625 us; C tells IRQF and PF
// expect: bl=3 bh=0xc0/0xe0
  handler 0x28, tick
  pic_on 0x20, 0x104
  cmos_write 0x0a, 0x26
  cmos_read 0x0c
  cmos_write 0x0b, 0x42
1:
  hlt
  cmp bl, 3
  jb 1b
  done
tick:
  inc bl
  cmos_read 0x0c
  mov bh, al
  out_ 0xa0, 0x20
  out_ 0x20, 0x20
  iret_
