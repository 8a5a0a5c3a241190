// mode: prot32 long64
// manual: SDM vol. 3 17.2, table 6-2: MOV DR at level 3 is #GP(0), GD or not
// pitfall: 16
// expect-fault: gp 0 at=fault dr6=0/0x2000
  mov eax, 0x2400
  mov dr7, a_
  to_user fault
  .section .user
fault:
  mov a_, dr0
