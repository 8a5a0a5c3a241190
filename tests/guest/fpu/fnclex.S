// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FCLEX: flags, SF, ES and B are cleared; TOP stays
// expect: fsw=0x3000/0xb8ff
  zero_divide
  fnclex
  hlt
