// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 table 6-2, 6.8.1: a fault inside the STI shadow comes first; its interrupt gate holds the interrupt
// expect-fault: ud at=fault flags=if
  self_ipi 0x41
  sti
fault:
  ud2
