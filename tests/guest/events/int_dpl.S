// mode: prot32 long64
// manual: SDM vol. 3 6.12.1.2, 6.13: #GP(vector * 8 + 2)
// pitfall: 9
// expect-fault: gp 0x102 at=fault
  to_user fault
  .section .user
fault:
  int 0x20
