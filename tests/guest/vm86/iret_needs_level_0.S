// mode: prot32
// manual: SDM vol. 2 IRET: VM in the popped flags counts at CPL 0 only
// expect: cs=0x23 flags=!vm
  to_user user
  .section .user
user:
  push 0x20002
  push CODE3_32
  push offset 1f
  iret
1:
  done
