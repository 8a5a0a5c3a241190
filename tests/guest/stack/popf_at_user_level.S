// mode: prot32 long64
// manual: SDM vol. 2 POPF table 4-21: IF needs CPL <= IOPL, IOPL needs CPL 0; no exception
// expect: cs=0x23/3 flags=cf,!if,!iopl
  to_user user
  .section .user
user:
  push 0x3203
#if MODE_LONG64
  popfq
#else
  popf
#endif
  done
