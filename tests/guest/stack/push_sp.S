// mode: real16 prot32 long64
// manual: SDM vol. 2 PUSH: the value before the push (80286 and later)
// expect: ax=stack_top
  push sp_
  pop a_
  hlt
