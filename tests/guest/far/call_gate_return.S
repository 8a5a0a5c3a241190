// mode: prot32
// manual: SDM vol. 2 RET imm16 (far): parameters are released on both stacks
// expect: esp=user_stack_top eax=0x55 cs=0x23 ss=0x2b
  gate GDT+FREE_SELECTOR, CODE0_32, inner, 0xec, 2
  to_user user
inner:
  mov eax, 0x55
  retf 8
  .section .user
user:
  push 1
  push 2
  call_far FREE_SELECTOR|3
  done
