// mode: real16 prot32 long64
// machine: pc
// manual: 8259A datasheet, OCW1: the mask register is read at the odd address
// expect: bl=0xa5 al=0x5a
  out_ 0x21, 0xa5
  out_ 0xa1, 0x5a
  in al, 0x21
  mov bl, al
  in al, 0xa1
  done
