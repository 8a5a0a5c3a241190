// mode: prot32
// manual: SDM vol. 3 6.12.1: the frame of a 16-bit gate to an inner level has 16-bit words
// pitfall: 12
// expect: esp=stack0_top-10 mem16[stack0_top-2]=0x2b mem16[stack0_top-4]=user_stack_top-0x10000 mem16[stack0_top-8]=0x23
  gate IDT+0x90*8, CODE0_32, target, 0xe6
  to_user user
target:
  hlt
  .section .user
user:
  int 0x90
