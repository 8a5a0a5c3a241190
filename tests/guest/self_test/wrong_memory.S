// mode: real16 prot32 long64
// manual: none: the expectation is wrong on purpose
// expect: mem16[data_page]=0x1234
// must-fail: mem16[data_page]:
  mov word ptr [DATA], 0x1235
  hlt
