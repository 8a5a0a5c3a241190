// mode: prot32
// manual: SDM vol. 3 4.7: parameters are read from the caller's stack; a fault there leaves all as it was
// pitfall: 9
// expect-fault: pf 5 at=fault cr2=user_stack_top esp=user_stack_top-4 cs=0x23
  gate GDT+FREE_SELECTOR, CODE0_32, start, 0xec, 2
  paging_on
  to_user user
  .section .user
user:
  push 1
fault:
  call_far FREE_SELECTOR|3
