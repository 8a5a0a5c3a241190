// mode: prot32 long64
// machine: pc
// pitfall: 20
// init: flags=if
// manual: SDM vol. 3 11.8.3.1: an interrupt of the class in service waits for the EOI
// expect: mem32[data_page]=0x52025801
  handler 0x52, first
  handler 0x58, second
  self_ipi 0x52
  nop
  record 0x52
  done
first:
  self_ipi 0x58
  sti
  nop
  nop
  record 1
  cli
  eoi
  sti
  nop
  record 2
  iret_
second:
  record 0x58
  eoi
  iret_
