// mode: prot32 long64
// manual: SDM vol. 2 MOV CR: #GP(0) for a reserved bit of CR4
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov a_, cr4
  or a_, 0x8000
fault:
  mov cr4, a_
