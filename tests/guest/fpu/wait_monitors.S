// mode: prot32 long64
// manual: SDM vol. 3 table 2-2: WAIT is #NM with MP and TS
// expect-fault: nm at=fault
  set_bits cr0, 0xa
fault:
  fwait
