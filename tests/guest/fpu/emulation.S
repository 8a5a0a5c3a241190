// mode: real16 prot16 prot32 compat32 long64
// pitfall: 5
// manual: SDM vol. 3 table 2-2: CR0.EM makes every x87 instruction #NM, FNINIT too
// expect-fault: nm at=fault
  set_bits cr0, 4
fault:
  fninit
