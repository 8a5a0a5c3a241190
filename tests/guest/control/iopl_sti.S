// mode: prot32 long64
// manual: SDM vol. 2 STI, CLI: allowed with CPL at or below IOPL
// expect: flags=!if,iopl ebx=1
  to_user user, 0x3002
  .section .user
user:
  sti
  nop
  .if BITS == 64
  pushfq
  .else
  pushf
  .endif
  pop b_
  shr ebx, 9
  and ebx, 1
  cli
  done
