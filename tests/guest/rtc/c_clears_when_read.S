// mode: real16 prot32 long64
// machine: pc
// manual: MC146818A datasheet, register C: flags are set whatever the enables say, and a read clears them; IRQF only with an enable
// expect: bl=0x40 bh=0
  cmos_write 0x0a, 0x23
  cmos_read 0x0c
  delay 2500
  cmos_read 0x0c
  and al, 0xc0
  mov bl, al
  cmos_read 0x0c
  mov bh, al
  done
