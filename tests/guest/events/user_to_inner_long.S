// mode: long64
// manual: SDM vol. 3 6.14.4: SS becomes NULL with RPL = CPL at a change of level; RSP0 from the TSS
// expect: ss=0 rsp=stack0_top-40 mem64[stack0_top-8]=0x2b mem64[stack0_top-16]=user_stack_top mem64[stack0_top-32]=0x33
  mov word ptr [IDT + 0x90 * 16], offset target
  to_user user
target:
  hlt
  .section .user
user:
  int 0x90
