// mode: prot32 long64
// manual: SDM vol. 2 MOV CR: #GP(0) if NW is set and CD clear
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov a_, cr0
  or eax, 0x20000000
  and eax, ~0x40000000
fault:
  mov cr0, a_
