// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, special mask mode: an input in service that is masked holds nobody back
// expect: mem32[data_page]=0x00212220
  pic_two
  sti
  nop
  hlt
tick:
  record 0x20
  out_ 0x21, 0xfd
  sti
  nop
  nop
  record 0x22
  out_ 0x20, 0x68
  nop
  nop
  hlt
key:
  record 0x21
  done
