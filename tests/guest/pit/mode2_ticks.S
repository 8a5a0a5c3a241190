// mode: real16 prot32 long64
// machine: pc
// init: flags=if
// manual: 8254 datasheet, mode 2: a pulse every count clocks
// expect: bl=3
  handler 0x20, tick
  pic_on 0x20, 1
  pit_on 0x34, 1193
1:
  hlt
  cmp bl, 3
  jb 1b
  done
tick:
  inc bl
  out_ 0x20, 0x20
  iret_
