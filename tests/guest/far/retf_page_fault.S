// mode: prot32
// manual: SDM vol. 3 4.7: a far return that cannot read its second word: CR2, error code of a user read
// pitfall: 9
// expect-fault: pf 5 at=fault cr2=user_stack_top esp=user_stack_top-4
  paging_on
  to_user user
  .section .user
user:
  push offset user
fault:
  retf
