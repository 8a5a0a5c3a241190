// mode: prot32 long64
// manual: SDM vol. 2 POP: POP ESP takes the value, the increment is lost
// expect: sp=0x1234
  push 0x1234
  pop sp_
  hlt
