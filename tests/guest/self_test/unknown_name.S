// mode: real16 prot32 long64
// manual: none: the expectation is wrong on purpose
// expect: rbq=0
// must-fail: rbq
  hlt
