// mode: long64
// manual: SDM vol. 2 IRET: the RSP that is loaded is not checked; the first use of it is #SS(0)
// pitfall: 8
// expect-fault: ss 0 at=fault cs=0x33 rsp=0x800000000010
  push DATA3
  mov rax, 0x800000000010
  push rax
  push 2
  push CODE3_64
  push offset fault
  iretq
  .section .user
fault:
  push rax
