// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, OCW3: IRR has the request until INTA, then ISR has it
// expect: mem32[data_page]=0x00010001
  handler 0x20, tick
  pic_on 0x20, 1
  pit_on 0x30, 20
  delay 600
  out_ 0x20, 0x0a
  in_ 0x20
  record al
  out_ 0x20, 0x0b
  in_ 0x20
  record al
  sti
  nop
  nop
  hlt
tick:
  in_ 0x20
  record al
  out_ 0x20, 0x0a
  in_ 0x20
  and al, 1
  record al
  done
