// mode: prot32
// manual: SDM vol. 3 6.15 #AC: pushes on the inner stack of an interrupt are not at CPL 3
// pitfall: 2
// expect-fault: 0x80 none at=after flags=ac
  mov dword ptr [TSS + 4], STACK0 - 1
  set_bits cr0, 0x40000
  to_user user, 0x40002
  .section .user
user:
  int 0x80
after:
  nop
