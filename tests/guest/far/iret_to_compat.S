// mode: long64
// manual: SDM vol. 2 IRET: from 64-bit to compatibility mode: ESP has 32 bits
// expect: rsp=0x12340000 cs=0x23 ax=0x11
  push DATA3
  mov rax, 0x5555555512340000
  push rax
  push 2
  push CODE3_32
  push offset user
  iretq
  .section .user
user:
  .code32
  mov ax, 0x11
  int DONE_VECTOR
