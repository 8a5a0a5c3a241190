// mode: long64
// manual: SDM vol. 3 5.8.3.1, 5.8.5.1: a 64-bit call gate: 8-byte frame on RSP0, NULL SS, no parameters
// expect: cs=0x10 ss=0 rsp=stack0_top-32 mem64[stack0_top-8]=0x2b mem64[stack0_top-16]=user_stack_top
// expect: mem64[stack0_top-24]=0x33 mem64[stack0_top-32]=back
  gate GDT+FREE_SELECTOR, CODE0_64, inner, 0xec, 3
  to_user user
inner:
  hlt
  .section .user
user:
  mov word ptr [pointer + 4], FREE_SELECTOR | 3
  call fword ptr [pointer]
back:
  nop
pointer:
  .quad 0
