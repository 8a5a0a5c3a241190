// mode: prot32
// manual: SDM vol. 3 5.8.1.2, 5.8.3: a gate to conforming code keeps CPL and stack
// expect: cs=0x73 esp=user_stack_top-8 mem32[user_stack_top-4]=0x23
  descriptor FREE_SELECTOR+16, 0, 0xfffff, 0x9f, 0xc
  gate GDT+FREE_SELECTOR, FREE_SELECTOR+16, target, 0xec, 1
  mov word ptr [GDT + FREE_SELECTOR + 6], 2
  to_user user
  .section .user
user:
  call_far FREE_SELECTOR|3
target:
  done
