// mode: prot32 long64
// pitfall: 5
// manual: SDM vol. 2 FSTENV: a fault on the way leaves the masks as they were
// expect-fault: pf 2 at=fault fcw=0x37b
  paging_on
  fninit
  fcw_ 0x37b
  page_clear FREE + 0x1000, 1
fault:
  fnstenv [FREE + 0xff0]
