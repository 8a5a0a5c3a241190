// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 11.8.3: pending interrupts are taken from the highest vector down
// expect: mem32[data_page]=0x00415263
  handler 0x41, low
  handler 0x52, middle
  handler 0x63, high
  self_ipi 0x52
  self_ipi 0x41
  self_ipi 0x63
  sti
  nop
  nop
  done
low:
  record 0x41
  eoi
  iret_
middle:
  record 0x52
  eoi
  iret_
high:
  record 0x63
  eoi
  iret_
