// mode: prot32
// manual: SDM vol. 3 5.8.5: inner stack from the TSS, one parameter copied
// expect: cs=CODE ss=STACKSEL esp=stack0_top-20 mem32[stack0_top-4]=0x2b mem32[stack0_top-8]=user_stack_top-4
// expect: mem32[stack0_top-12]=0x1234 mem32[stack0_top-16]=0x23 mem32[stack0_top-20]=back
  .equ CODE, CODE0_32
  .equ STACKSEL, DATA0
  gate GDT + FREE_SELECTOR, CODE0_32, inner, 0xec, 1
  to_user user
inner:
  hlt
  .section .user
user:
  push 0x1234
  .byte 0x9a
  .long 0
  .word FREE_SELECTOR | 3
back:
  nop
