// mode: long64
// needs: smap
// manual: SDM vol. 3 4.6, 4.6.1: pushes on an inner stack are explicit supervisor accesses, so AC = 1 lets them into a user page
// expect: cs=0x10 mem64[0x12ff8]=0x2b
  mov qword ptr [TSS + 4], USER_STACK
  handler 0x90, target
  set_bits cr4, 0x200000
  to_user user, 0x40002
target:
  hlt
  .section .user
user:
  int 0x90
