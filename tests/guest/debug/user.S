// mode: prot32 long64
// manual: SDM vol. 2 MOV DR: #GP(0) if CPL is not 0
// pitfall: 16
// expect-fault: gp 0 at=fault
  to_user fault
  .section .user
fault:
  mov a_, dr7
