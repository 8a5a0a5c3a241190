// mode: prot32 long64
// machine: pc
// budget: 1000000
// manual: MC146818A datasheet, table 5 with a 32.768 kHz time base: rates 1 and 2 are those of 8 and 9; each further one doubles the period; 3 is 122.07 us
// expect: mem64[data_page]=0x4020080402014020
  handler 0x28, tick
  pic_on 0x20, 0x104
  cmos_write 0x0b, 0x42
  .irp rate, 1, 2, 3, 4, 5, 6, 8, 9
  cmos_write 0x0a, 0x20+\rate
  call measure
  record al
  .endr
  done
measure:  // the period in units of 122 us, to AL
  sti
  cmos_read 0x0c
  hlt
  rdtsc
  mov esi, eax
  hlt
  rdtsc
  cli
  sub eax, esi
  add eax, 61000
  xor edx, edx
  mov ebx, 122070
  div ebx
  ret
tick:
  push a_
  cmos_read 0x0c
  out_ 0xa0, 0x20
  out_ 0x20, 0x20
  pop a_
  iret_
