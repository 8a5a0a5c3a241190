// mode: prot32 long64
// manual: SDM vol. 2 LTR: #GP(0) for a NULL selector
// expect-fault: gp 0 at=fault
  xor ecx, ecx
fault:
  ltr cx
