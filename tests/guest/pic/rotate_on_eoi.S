// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, automatic rotation: OCW2 A0h makes the input just served the lowest
// expect: mem32[data_page]=0x00202120
  pic_two
  sti
  nop
  nop
  hlt
tick:
  record 0x20
  cmp di_, 2
  ja 1f
  pit_on 0x30, 20
  delay 600
  out_ 0x20, 0xa0
  iret_
1:
  done
key:
  record 0x21
  in_ 0x60
  out_ 0x20, 0x20
  iret_
