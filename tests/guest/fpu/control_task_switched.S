// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 3 table 2-2: with TS also the instructions that do not wait are #NM
// expect-fault: nm at=fault
  set_bits cr0, 8
fault:
  fnstsw ax
