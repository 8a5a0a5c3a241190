// mode: prot32
// manual: SDM vol. 3 4.7: a fetch at CPL 3 across into a supervisor page: P and U/S, no I/D without NXE and SMEP
// pitfall: 24
// expect-fault: pf 5 at=user+0xffe cr2=user+0x1000
  paging_on
  page_clear USER_IMAGE+0x1000, 4
  mov word ptr [user+0xffe], 0xb8
  to_user user+0xffe
  .section .user
user:
  nop
