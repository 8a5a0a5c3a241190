// mode: long64
// manual: SDM vol. 3 6.14.2: an interrupt of compatibility mode pushes a 64-bit frame
// expect: cs=0x10 mem64[stack0_top-40]=after mem64[stack0_top-32]=0x23 mem64[stack0_top-16]=user_stack_top
  .equ after, 0x20002
  mov word ptr [IDT + 0x90 * 16], offset target
  push DATA3
  push USER_STACK
  push 2
  push CODE3_32
  push offset user
  iretq
target:
  hlt
  .section .user
user:
  int 0x90
