// mode: prot32
// manual: SDM vol. 3 7.3: the new CPL is the RPL of CS, whatever the old one was
// pitfall: 11
// expect: cs=0x23 ss=0x2b esp=user_stack_top tr=0x60
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  mov dword ptr [FREE + 4], STACK0
  mov dword ptr [FREE + 8], DATA0
  task_at where=FREE, label=user, cs=CODE3_32, ss=DATA3, ds=DATA3, esp=USER_STACK
  jmp_far FREE_SELECTOR
  .section .user
user:
  done
