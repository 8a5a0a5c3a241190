// mode: prot32
// manual: SDM vol. 2 IRET: NT counts in protected mode only
// pitfall: 11
// expect: bx=7 flags=vm
  to_v86 0x27002
  .section .user
  .code16
user:
  push 0x3002
  push V86_CODE
  push target - user
  iret
target:
  mov bx, 7
  int DONE_VECTOR
