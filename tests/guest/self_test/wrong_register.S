// A wrong register.
// mode: real16 prot16 prot32 long64 compat32
// manual: none: the expectation is wrong on purpose
// expect: ax=6
// must-fail: ax:
  mov ax, 2
  add ax, 3
  hlt
