// mode: prot32
// manual: SDM vol. 3 table 7-1: CALL to a busy TSS is #GP(selector): tasks do not recurse
// pitfall: 11
// expect-fault: gp 0x40 at=fault
  nop
fault:
  call_far TSS_SELECTOR
