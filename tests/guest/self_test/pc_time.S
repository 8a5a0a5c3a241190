// mode: prot32
// machine: pc
// manual: none: the program waits for ever on purpose
// expect: ax=0
// must-fail: time
  handler 0x20, tick
  pic_on 0x20, 1
  apic_on
  lint0_extint
  pit_on 0x34, 0
  sti
again:
  hlt
  jmp again
tick:
  out_ 0x20, 0x20
  iret
