// mode: prot32
// manual: SDM vol. 2 IRET: with CPL at or below IOPL IF changes, IOPL only at CPL 0
// expect: flags=if,iopl
  to_user user, 0x3002
  .section .user
user:
  push 0x202
  push CODE3_32
  push offset 1f
  iret
1:
  done
