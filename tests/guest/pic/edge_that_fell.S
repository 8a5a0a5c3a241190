// mode: real16 prot32 long64
// machine: pc
// init: flags=if
// manual: 8259A datasheet, edge-triggered mode: the input must stay high until INTA; one that fell is no request
// expect: mem8[data_page]=0x80 bl=1 bh=0
  handler 0x20, tick
  pic_on 0x20, 0
  pit_on 0x30, 20
  delay 600
  out_ 0x20, 0x0a
  in_ 0x20
  mov bl, al
  and bl, 1
  pit_on 0x30, 0xffff
  in_ 0x20
  mov bh, al
  and bh, 1
  out_ 0x21, 0xfe
  nop
  nop
  cli
  record 0x80
  done
tick:
  record 0x20
  done
