// mode: prot32 long64
// machine: pc
// pitfall: 20
// init: flags=if
// manual: SDM vol. 3 11.8.3.1: a higher class interrupts the service of a lower one
// expect: mem32[data_page]=0x00020061
  handler 0x52, first
  handler 0x61, second
  self_ipi 0x52
  nop
  done
first:
  self_ipi 0x61
  sti
  nop
  record 0
  record 2
  done
second:
  record 0x61
  eoi
  iret_
