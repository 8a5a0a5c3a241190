// mode: long64
// needs: smap
// manual: SDM vol. 3 4.6.1, 4.7: with AC = 0 a push on an inner stack in a user page is #PF: a supervisor write
// pitfall: 9
// expect-fault: pf 3 at=fault cr2=user_stack_top-8 rsp=user_stack_top
  mov qword ptr [TSS + 4], USER_STACK
  set_bits cr4, 0x200000
  to_user fault
  .section .user
fault:
  int 0x90
