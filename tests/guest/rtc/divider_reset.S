// mode: real16 prot32 long64
// machine: pc
// manual: MC146818A datasheet, divider control: the first update comes half a second after the divider is let go
// expect: bl=1
  handler 0x28, tick
  pic_on 0x20, 0x104
  cmos_write 0x0a, 0x76
  cmos_write 0x0b, 0x12
  cmos_read 0x0c
  cmos_write 0x0a, 0x26
  rdtsc
  mov esi, eax
  sti
  hlt
tick:
  rdtsc
  sub eax, esi
  sub eax, 499000000
  cmp eax, 2000000
  setb bl
  done
