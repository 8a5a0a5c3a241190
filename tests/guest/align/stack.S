// mode: prot32 long64
// manual: SDM vol. 3 6.15 #AC: stack operations are checked
// pitfall: 2
// expect-fault: ac 0 at=fault sp=user_stack_top-6
  user_page DATA
  set_bits cr0, 0x40000
  to_user user, 0x40002
  .section .user
user:
  sub sp_, 6
fault:
  push a_
