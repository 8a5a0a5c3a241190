// mode: prot32 long64
// manual: SDM vol. 2 IRET, return to outer privilege level
// expect: cs=0x23/3 ss=0x2b sp=user_stack_top flags=cf
  to_user user, 3
  .section .user
user:
  nop
  done
