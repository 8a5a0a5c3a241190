// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, OCW1: a masked request stays in IRR; unmasking lets it through
// init: flags=if
// expect-fault: 0x20 none at=after
  pic_on 0x20, 0
  pit_on 0x30, 20
  delay 600
  mov al, 0xfe
  out 0x21, al
after:
  nop
  hlt
