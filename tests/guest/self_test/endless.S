// mode: real16 prot32 long64
// manual: none: the expectation is wrong on purpose
// budget: 1000
// expect: ax=0
// must-fail: budget
  jmp start
