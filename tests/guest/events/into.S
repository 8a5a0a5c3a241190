// mode: prot32 compat32
// manual: SDM vol. 2 INTO: #OF, a trap
// init: flags=of
// expect-fault: of at=after
  into
after:
  nop
