// mode: prot32 compat32
// manual: SDM vol. 3 5.8.1.2: a direct jump to conforming code of a lower DPL keeps CPL
// expect: cs=0x63 ss=0x2b
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x9f, 0xc
#if MODE_COMPAT32
  push DATA3
  push USER_STACK
  push 2
  push CODE3_32
  push offset user
  iret
#else
  to_user user
#endif
  .section .user
user:
  jmp_far FREE_SELECTOR, target
target:
  done
