// mode: real16 prot32 long64
// manual: none: the expectation is wrong on purpose
// expect-fault: ud
// must-fail: event:
  nop
  hlt
