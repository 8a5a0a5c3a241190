// mode: real16 prot32 long64
// manual: SDM vol. 3 6.15 #BP: a trap, the saved address is that of the next instruction
// expect-fault: bp at=after
  int3
after:
  nop
