// mode: prot32
// manual: SDM vol. 3 5.8.5: up to 31 parameters, in the caller's order
// expect: esp=stack0_top-140 mem32[stack0_top-12]=1 mem32[stack0_top-132]=31 mem32[stack0_top-8]=user_stack_top-124
  gate GDT+FREE_SELECTOR, CODE0_32, inner, 0xec, 31
  to_user user
inner:
  hlt
  .section .user
user:
  mov ecx, 1
1:
  push ecx
  inc ecx
  cmp ecx, 31
  jbe 1b
  call_far FREE_SELECTOR|3
