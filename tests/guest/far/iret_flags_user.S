// mode: prot32 long64
// manual: SDM vol. 2 IRET: at CPL 3 with IOPL 0 IF and IOPL stay; no exception
// expect: flags=cf,!if,!iopl,nt cs=0x23/3
  to_user user
  .section .user
user:
#if BITS == 64
  push DATA3
  push USER_STACK
  push 0x7203
  push CODE3_64
  push offset 1f
  iretq
#else
  push 0x7203
  push CODE3_32
  push offset 1f
  iret
#endif
1:
  done
