// mode: prot32
// manual: SDM vol. 3 6.12.1.1: a conforming handler runs at the interrupted level on its stack
// expect: cs=0x63 esp=user_stack_top-12 ss=0x2b mem32[user_stack_top-8]=0x23
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x9f, 0xc
  gate IDT+0x90*8, FREE_SELECTOR, target, 0xee
  mov word ptr [IDT + 0x90 * 8 + 6], 2
  to_user user
  .section .user
user:
  int 0x90
target:
  done
