// mode: prot32 long64
// manual: none: the expectation is wrong on purpose
// expect-fault: gp 8
// must-fail: code
  mov ecx, 0x12345678
  rdmsr
