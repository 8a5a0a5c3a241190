// mode: prot32
// manual: SDM vol. 3 20.2.7: with IOPL 3 CLI, STI, PUSHF, POPF, IRET work on IF; IOPL itself stays
// expect: bx=0x3002/0x3202 cx=0x3202/0x3202 flags=vm,iopl,!if dx=7
  to_v86 0x23202
  .section .user
  .code16
user:
  cli
  pushf
  pop bx
  sti
  pushf
  pop cx
  push 2
  push V86_CODE
  push target - user
  iret
target:
  mov dx, 7
  int DONE_VECTOR
