// mode: prot32
// manual: SDM vol. 2 SYSEXIT: CS = SYSENTER_CS + 16, SS = + 24, RPL 3
// pitfall: 28
// expect: cs=0x23 ss=0x2b esp=user_stack_top
  wrmsr_ 0x174, 0x10
  mov edx, offset user
  mov ecx, USER_STACK
  sysexit
  .section .user
user:
  done
