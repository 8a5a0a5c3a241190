// mode: prot32
// manual: SDM vol. 3 5.8.5, 21.4: a 16-bit call gate copies 16-bit words and pushes a 16-bit frame
// pitfall: 12
// expect: esp=stack0_top-12 mem16[stack0_top-2]=0x2b mem16[stack0_top-4]=user_stack_top-0x10004 mem16[stack0_top-6]=0x1111
// expect: mem16[stack0_top-8]=0x2222 mem16[stack0_top-10]=0x23 mem16[stack0_top-12]=back-user_image
  gate GDT+FREE_SELECTOR, CODE0_32, inner, 0xe4, 2
  to_user user
inner:
  hlt
  .section .user
user:
  pushw 0x1111
  pushw 0x2222
  call_far FREE_SELECTOR|3
back:
  nop
