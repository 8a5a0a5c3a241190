// mode: real16 prot32 long64
// manual: none: the expectation is wrong on purpose
// expect: ax=0 flags=zf,cf
// must-fail: flags:
  xor ax, ax
  hlt
