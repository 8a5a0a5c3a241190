// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 table 6-2: a pending interrupt comes before the faults of the next instruction
// expect-fault: 0x41 none at=fault
  self_ipi 0x41
  sti
  nop
fault:
  ud2
