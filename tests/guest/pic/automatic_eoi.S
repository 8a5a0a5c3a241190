// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, AEOI (ICW4 bit 1): ISR is cleared at the end of the INTA cycle
// expect: mem8[data_page]=0 mem8[data_page+1]=0x20
  handler 0x20, tick
  pic_on 0x20, 1, 3
  pit_on 0x30, 20
  delay 600
  out_ 0x20, 0x0b
  sti
  nop
  nop
  hlt
tick:
  in_ 0x20
  record al
  record 0x20
  done
