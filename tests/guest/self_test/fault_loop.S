// mode: prot32 long64
// manual: none: the expectation is wrong on purpose; deliveries count, so a loop of faults ends too
// pitfall: 30
// budget: 1000
// expect: ax=0
// must-fail: budget
  handler 6, again
again:
  mov sp_, STACK
  ud2
