// mode: prot32 long64
// manual: SDM vol. 2 RET imm16
// pitfall: 10
// expect: ax=8
  mov b_, sp_
  push 0
  push 0
  call 1f
  sub b_, sp_
  mov a_, b_
  add a_, 8
  hlt
1:
  ret 2 * WORD_SIZE
