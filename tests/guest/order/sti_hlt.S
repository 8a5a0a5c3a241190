// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 2 STI: the instruction after STI is carried out first: HLT, which the interrupt ends
// expect-fault: 0x41 none at=after
  self_ipi 0x41
  sti
  hlt
after:
  nop
  hlt
